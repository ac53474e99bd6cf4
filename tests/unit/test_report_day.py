"""The reports of a day: what a day is, what they are made from, where they go."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pyarrow.parquet as pq
import pytest
from dagster._core.definitions.partitions.context import partition_loading_context

from orchestration import raw
from orchestration.ingest import ingest
from orchestration.report_day import (
    NoRecordsError,
    copy_report,
    end_of,
    lay_out_raw,
    write_report_day,
)
from orchestration.report_days import report_days_asset
from orchestration.settings import Settings

DAY = date(2026, 3, 10)
ZONE = "America/New_York"
END = datetime(2026, 3, 11, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2026, 3, 7), ZONE, datetime(2026, 3, 8, 5, tzinfo=UTC)),
        (date(2026, 3, 8), ZONE, datetime(2026, 3, 9, 4, tzinfo=UTC)),
        (date(2026, 11, 1), ZONE, datetime(2026, 11, 2, 5, tzinfo=UTC)),
        (date(2026, 12, 31), "UTC", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_midnight_on_the_clocks_of_the_practice(
    day: date, zone: str, end: datetime
) -> None:
    assert end_of(day, zone) == end


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Ingest one synthetic visit, at another time than that of any report."""
    settings = Settings(data_dir=tmp_path, time_zone=ZONE)
    settings.landing_path.mkdir()
    (settings.landing_path / "a.csv").write_text("encounter_id,status\nE1,finished\n")
    ingest(
        settings.landing_path,
        settings.raw_path,
        as_of=datetime(2026, 4, 1, tzinfo=UTC),
        settle_seconds=0,
    )
    return settings


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*.parquet")
    }


def test_the_raw_of_a_day_has_all_records_and_the_moment_of_its_end(
    settings: Settings, tmp_path: Path
) -> None:
    before = files(settings.raw_path)

    lay_out_raw(settings.raw_path, tmp_path / "aside", END)

    (asked,) = pq.read_table(settings.raw_path / raw.RUN / "run.parquet").to_pylist()
    (asked_aside,) = pq.read_table(
        tmp_path / "aside" / raw.RUN / "run.parquet"
    ).to_pylist()
    assert asked_aside == asked | {"as_of": END.replace(tzinfo=None)}
    visits = tmp_path / "aside" / "encounters" / "**" / "*.parquet"
    found = duckdb.execute(f"select encounter_id from '{visits}'").fetchall()
    assert found == [("E1",)]
    assert files(settings.raw_path) == before


def test_without_records_there_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(NoRecordsError, match="chartgap run"):
        lay_out_raw(tmp_path / "raw", tmp_path / "aside", END)


def test_a_report_is_one_file_for_each_day_and_made_again_replaces_it(
    tmp_path: Path,
) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    for count in (3, 4):
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("create schema if not exists marts")
            connection.execute(
                f"create or replace table marts.rpt_a as select {count} as visits"
            )
        copy_report(warehouse, "marts.rpt_a", DAY, tmp_path / "days")
    copy_report(warehouse, "marts.rpt_a", date(2026, 3, 11), tmp_path / "days")

    found = duckdb.execute(
        f"select report_day, visits from '{tmp_path}/days/rpt_a/*.parquet' order by 1"
    ).fetchall()
    assert found == [(DAY, 4), (date(2026, 3, 11), 4)]
    assert not list(tmp_path.rglob("*.draft"))


def test_a_day_is_built_by_dbt_as_of_its_end_and_beside_the_warehouse(
    settings: Settings,
) -> None:
    """The clock stands for a report: the least that dbt can build."""
    write_report_day(settings, DAY, ["intermediate.int_clock"])

    (clock,) = pq.read_table(
        settings.report_days_path / "int_clock" / f"{DAY}.parquet"
    ).to_pylist()
    assert clock["report_day"] == DAY
    assert clock["as_of"] == END.replace(tzinfo=None)
    assert not settings.warehouse_path.exists()
    assert not (settings.data_path / "report_day").exists()


def test_only_days_that_have_ended_can_be_asked_for() -> None:
    asset = report_days_asset(ZONE, [])
    days = asset.partitions_def

    assert isinstance(days, dg.DailyPartitionsDefinition)
    for moment, last in ((END - timedelta(minutes=1), "2026-03-09"), (END, str(DAY))):
        with partition_loading_context(moment):
            assert days.get_last_partition_key() == last
