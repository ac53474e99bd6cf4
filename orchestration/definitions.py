"""What Dagster sees: a table of contents."""

import dagster as dg

from orchestration.alert_assets import (
    alert_sensors,
    alerts_every_hour,
    send_alerts,
    tell_alerts,
)
from orchestration.assets import (
    ingest_landing,
    landing_files,
    published_assets,
    pull_sources,
)
from orchestration.automation import (
    landing_changed,
    nightly_refresh,
    refresh_warehouse,
)
from orchestration.checks import asset_checks
from orchestration.resources import progress_resource, settings_resource
from orchestration.transform import build_warehouse
from orchestration.validation import read_suites


@dg.definitions
def definitions() -> dg.Definitions:
    """Landing, raw, warehouse, published, alerts; their checks; what starts a run."""
    marts = [key for key in build_warehouse.keys if key.path[0] in ("marts", "ops")]
    return dg.Definitions(
        assets=[
            landing_files,
            pull_sources,
            ingest_landing,
            build_warehouse,
            published_assets(sorted(marts)),
            tell_alerts,
        ],
        asset_checks=asset_checks(read_suites()),
        jobs=[refresh_warehouse, send_alerts],
        schedules=[nightly_refresh, alerts_every_hour],
        sensors=[landing_changed, *alert_sensors],
        resources={"settings": settings_resource, "progress": progress_resource},
        executor=dg.in_process_executor,
    )
