"""What was reported of a month when it was closed, kept in Parquet beside raw.

A file for each month of service, `closes/2026-03.parquet`: the charges that stood when
the close was due, in our own keys, with amount and record. It is written once, by the
first run after the close day, and never changed: what was reported stays what it was.
Which day that is, is a row of seed `thresholds`. What has changed since is SQL
(`rpt_restatements`).
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.parquet import write_whole

_SCHEMA_FILE = "_schema.parquet"
SCHEMA = pa.schema(
    [
        ("month_start_date", pa.date32()),
        ("reported_at", pa.timestamp("us")),
        ("charge_key", pa.string()),
        ("amount", pa.decimal128(18, 2)),
        ("source_file_id", pa.string()),
        ("source_position", pa.int64()),
    ]
)


class ClosesError(RuntimeError):
    """A month cannot be kept as reported: look at the folder and the warehouse."""


# Months whose close is due and that are still worth closing: what a history load
# brings of older ones was never reported.
_DUE = """
select month_start_date
from marts.rpt_month_end
where is_close_due and not is_mature
order by 1
"""
_CHARGES = """
select
    charges.month_start_date,
    clock.as_of as reported_at,
    charges.charge_key,
    charges.amount,
    charges.source_file_id,
    charges.source_position
from marts.fct_charges as charges
cross join (select max(as_of) as as_of from marts.rpt_stage_counts) as clock
where charges.month_start_date = ?
order by charges.charge_key
"""


def write_empty(folder: Path) -> None:
    """Make the folder with an empty file that carries the columns."""
    if not (folder / _SCHEMA_FILE).is_file():
        write_whole(folder / _SCHEMA_FILE, SCHEMA.empty_table())


def keep_closes(warehouse: Path, folder: Path) -> int:
    """Keep each month whose close is due and that is not kept yet; return how many.

    Raises ClosesError when the warehouse cannot be read or the folder not written.
    """
    try:
        return _keep(warehouse, folder)
    except (duckdb.Error, OSError) as error:
        # What DuckDB says may quote a value.
        problem = f"closed months cannot be kept in {folder} ({type(error).__name__})"
        raise ClosesError(problem) from None


def _keep(warehouse: Path, folder: Path) -> int:
    kept = 0
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for (month,) in connection.execute(_DUE).fetchall():
            target = folder / f"{month:%Y-%m}.parquet"
            if not target.exists():
                rows = connection.execute(_CHARGES, [month]).to_arrow_table()
                write_whole(target, rows.cast(SCHEMA))
                kept += 1
    return kept
