"""What Dagster sees: a table of contents."""

import dagster as dg

from orchestration.alert_assets import (
    alert_sensors,
    alerts_every_hour,
    send_alerts,
    tell_alerts,
)
from orchestration.assets import (
    LOAD_LOG,
    PUBLISHED_DATABASE,
    PUBLISHED_PAGE,
    ingest_landing,
    landing_files,
    published_assets,
    pull_sources,
)
from orchestration.automation import (
    due_in_the_morning,
    landing_changed,
    refresh_warehouse,
    schedules,
)
from orchestration.checks import asset_checks
from orchestration.postgres_assets import publish_job, publish_postgres
from orchestration.report_days import (
    nightly_report_day,
    report_day,
    report_days_asset,
)
from orchestration.resources import progress_resource, settings_resource
from orchestration.settings import load_settings
from orchestration.transform import build_warehouse
from orchestration.validation import read_suites


@dg.definitions
def definitions() -> dg.Definitions:
    """Landing, raw, warehouse, published, alerts; their checks; what starts a run."""
    time_zone = load_settings().time_zone
    marts = [key for key in build_warehouse.keys if key.path[0] in ("marts", "ops")]
    return dg.Definitions(
        assets=[
            landing_files,
            pull_sources,
            build_warehouse,
            report_days_asset(time_zone, sorted(ingest_landing.keys)),
            *due_in_the_morning(
                [ingest_landing, published_assets(sorted(marts))],
                {LOAD_LOG, PUBLISHED_DATABASE, PUBLISHED_PAGE},
                time_zone,
            ),
            publish_postgres,
            tell_alerts,
        ],
        asset_checks=asset_checks(read_suites()),
        jobs=[refresh_warehouse, publish_job, report_day, send_alerts],
        schedules=[*schedules(time_zone), nightly_report_day, alerts_every_hour],
        sensors=[landing_changed, *alert_sensors],
        resources={"settings": settings_resource, "progress": progress_resource},
        executor=dg.in_process_executor,
    )
