"""The reports of one day: as they are at its end, by all that is known now.

Builds them from raw in a folder of its own, with the end of the day as the moment that
ages and stages are for, and puts them beside the publication, one file for each report
and day. The warehouse is not touched. It leaves out which days; that is `report_days`.
"""

import shutil
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration import raw
from orchestration.dbt_runner import run_command
from orchestration.settings import Settings

REPORTS = ("marts.rpt_stage_counts", "marts.rpt_documentation_gap_aging")
"""The reports that are kept by day: counts and money, no row of a single visit."""

_BUILD = ("build", "--resource-type", "seed", "--resource-type", "model", "--select")


class NoRecordsError(RuntimeError):
    """Nothing has been ingested; run 'chartgap run' first."""


def end_of(day: date, time_zone: str) -> datetime:
    """Return the moment, in UTC, at which a day ends on the clocks of a zone."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def write_report_day(
    settings: Settings, day: date, reports: Sequence[str] = REPORTS
) -> int:
    """Make the reports of a day and put them into their place; return their rows.

    Doing it again replaces them. Raises NoRecordsError; DbtError when a model fails;
    duckdb.Error or OSError when a file cannot be written. Then the former files stay.
    """
    place = settings.data_path / "report_day"
    shutil.rmtree(place, ignore_errors=True)
    aside = settings.model_copy(update={"data_dir": place, "warehouse": None})
    lay_out_raw(settings.raw_path, aside.raw_path, end_of(day, settings.time_zone))
    selected = [f"+{report.partition('.')[2]}" for report in reports]
    run_command(aside, (*_BUILD, *selected), lambda _node: None)
    row_count = sum(
        copy_report(aside.warehouse_path, report, day, settings.report_days_path)
        for report in reports
    )
    shutil.rmtree(place)
    return row_count


def lay_out_raw(source: Path, target: Path, as_of: datetime) -> None:
    """Make a raw folder with the records of another and a moment of its own.

    Its tables are links; only what the run was asked for is a file. Raises
    NoRecordsError when there is none yet.
    """
    asked_for = source / raw.RUN / "run.parquet"
    if not asked_for.is_file():
        raise NoRecordsError("nothing has been ingested; run 'chartgap run' first")
    target.mkdir(parents=True)
    for table in raw.SCHEMAS:
        if table != raw.RUN:
            (target / table).symlink_to(source / table)
    rows = pq.read_table(asked_for)
    moment = pa.array([as_of.replace(tzinfo=None)] * len(rows), raw.TIME)
    rows = rows.set_column(rows.column_names.index("as_of"), "as_of", moment)
    shutil.copytree(source / raw.RUN, target / raw.RUN)
    pq.write_table(rows, target / raw.RUN / asked_for.name)


def copy_report(warehouse: Path, report: str, day: date, place: Path) -> int:
    """Put a report of a warehouse into `place` as that of a day; return its rows."""
    target = place / report.partition(".")[2] / f"{day}.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            f"select ?::date as report_day, * from {report}",  # noqa: S608
            [day],
        ).to_arrow_table()
    pq.write_table(rows, draft)
    draft.replace(target)
    return len(rows)
