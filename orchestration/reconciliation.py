"""Whether every record that an ingest received is accounted for.

Compares the load log of one ingest with itself (received = loaded + duplicate +
rejected) and with the rows that really lie in its Parquet files.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration import raw
from orchestration.evaluation import ingest_files

# One row per file: what its load log says, and what lies in raw.
_PER_FILE = """
with

log as (
    select
        file_id,
        sum(received_count) as received_count,
        sum(loaded_count) as loaded_count,
        sum(duplicate_count) as duplicate_count,
        sum(rejected_count) as rejected_count
    from load_log
    group by 1
),

rows_found as (
    select _file_id as file_id, count(*) as row_count from loaded group by 1
),

rejects_found as (
    select file_id, sum(record_count) as record_count from rejects group by 1
)

select
    count(*) as files,
    coalesce(sum(received_count), 0) as received,
    coalesce(sum(loaded_count), 0) as loaded,
    coalesce(sum(duplicate_count), 0) as duplicate,
    coalesce(sum(rejected_count), 0) as rejected,
    coalesce(sum(row_count), 0) as rows_found,
    coalesce(sum(record_count), 0) as rejects_found,
    count(*) filter (
        where log.file_id is null
        or received_count <> loaded_count + duplicate_count + rejected_count
        or loaded_count <> coalesce(row_count, 0)
        or rejected_count <> coalesce(record_count, 0)
    ) as files_off
from log
full join rows_found using (file_id)
full join rejects_found using (file_id)
"""


@dataclass(frozen=True)
class Balance:
    """One ingest in numbers of records; `files_off` files do not add up."""

    files: int
    received: int
    loaded: int
    duplicate: int
    rejected: int
    rows_found: int
    rejects_found: int
    files_off: int

    @property
    def is_balanced(self) -> bool:
        """Whether all files add up, one by one and in total."""
        return (
            self.files_off == 0
            and self.received == self.loaded + self.duplicate + self.rejected
            and self.loaded == self.rows_found
            and self.rejected == self.rejects_found
        )


class NoIngestError(RuntimeError):
    """Nothing has been ingested yet, so there is nothing to compare."""


def last_ingest(raw_path: Path) -> str:
    """Return the id of the last ingest; raises NoIngestError when there was none."""
    file = raw_path / raw.RUN / "run.parquet"
    if not file.is_file():
        raise NoIngestError("nothing has been ingested; run 'chartgap run'")
    with duckdb.connect(":memory:") as connection:
        row = connection.read_parquet(str(file)).select("ingest_id").fetchone()
    if row is None:
        raise NoIngestError("the last ingest left no record; run 'chartgap run'")
    return str(row[0])


def balance(raw_path: Path, ingest_id: str) -> Balance:
    """Count the records of one ingest, as logged and as found in its files."""
    with duckdb.connect(":memory:") as connection:
        _view(connection, raw_path, ingest_id, raw.LOAD_LOG)
        _view(connection, raw_path, ingest_id, raw.REJECTS)
        for table in raw.LOADED_TABLES:
            _view(connection, raw_path, ingest_id, table)
        loaded = (f"select _file_id from {name}" for name in raw.LOADED_TABLES)  # noqa: S608
        union = " union all ".join(loaded)
        connection.execute(f"create view loaded as {union}")
        row = connection.execute(_PER_FILE).fetchone() or (0,) * 8
    return Balance(*(int(number) for number in row))


@dataclass(frozen=True)
class RejectCount:
    """What one ingest could not read for one reason; a mere warning has 0 records."""

    reason_code: str
    places: int
    records: int


def rejects_by_reason(raw_path: Path, ingest_id: str) -> list[RejectCount]:
    """Count the places that one ingest stumbled over, and the records lost there."""
    with duckdb.connect(":memory:") as connection:
        _view(connection, raw_path, ingest_id, raw.REJECTS)
        rows = connection.execute(
            "select reason_code, count(*), sum(record_count) from rejects"
            " group by 1 order by 1"
        ).fetchall()
    return [RejectCount(str(row[0]), int(row[1]), int(row[2])) for row in rows]


def _view(
    connection: duckdb.DuckDBPyConnection, raw_path: Path, ingest_id: str, table: str
) -> None:
    """Show what one ingest wrote of one raw table under the table's name."""
    files = [
        raw.batch_file(raw_path, table, "_schema"),
        *ingest_files(raw_path, table, ingest_id),
    ]
    connection.read_parquet(
        [str(file) for file in files], union_by_name=True
    ).create_view(table)
