"""The report days as Dagster sees them: one partition for each day that has ended.

Thin: `report_day` makes the reports of one. A day can be made again, and days of the
past filled in, from the UI (backfill).
"""

from datetime import date

import dagster as dg

from orchestration.automation import REPORT_DAYS
from orchestration.dbt_runner import DbtError
from orchestration.failures import RETRIES, in_plain_words
from orchestration.report_day import REPORTS, NoRecordsError, write_report_day
from orchestration.resources import WAREHOUSE_POOL
from orchestration.settings import Settings

_FIRST_DAY = "2020-01-01"


def report_days_asset(
    time_zone: str, sources: list[dg.AssetKey]
) -> dg.AssetsDefinition:
    """Build the asset of the report days of a practice; it reads the raw tables."""

    @dg.asset(
        key=REPORT_DAYS,
        deps=sources,
        partitions_def=dg.DailyPartitionsDefinition(_FIRST_DAY, timezone=time_zone),
        retry_policy=RETRIES,
        pool=WAREHOUSE_POOL,
        group_name="published",
        kinds={"parquet"},
        description="The reports of each day, as they are at its end by all that is "
        "known when they are made.",
    )
    def report_days(
        context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        """Make the reports of one day."""
        day = date.fromisoformat(context.partition_key)
        with in_plain_words(final=(NoRecordsError, DbtError)):
            row_count = write_report_day(settings, day)
        return dg.MaterializeResult(
            metadata={"reports": len(REPORTS), "rows": row_count}
        )

    return report_days


report_day = dg.define_asset_job(
    "report_day",
    selection=dg.AssetSelection.assets(REPORT_DAYS),
    executor_def=dg.in_process_executor,
    # What readers wait for goes first, also before a backfill of a year.
    tags={"dagster/priority": "-1"},
    description="Make the reports of one day that has ended.",
)

nightly_report_day = dg.build_schedule_from_partitioned_job(
    report_day,
    name="nightly_report_day",
    hour_of_day=4,
    description="Every night at 04:00: the reports of the day before.",
)
