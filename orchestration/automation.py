"""When the warehouse is refreshed: the job, every night, and when files arrive.

Schedule and sensor are delivered stopped; an operator starts them in the UI.
"""

import hashlib
from pathlib import Path

import dagster as dg

from orchestration.landing import landed_files
from orchestration.settings import Settings

refresh_warehouse = dg.define_asset_job(
    "refresh_warehouse",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Ingest what is new, check it, build, check, publish.",
)

nightly_refresh = dg.ScheduleDefinition(
    name="nightly_refresh",
    job=refresh_warehouse,
    cron_schedule="0 2 * * *",
    execution_timezone="UTC",
    description="Every night at 02:00 UTC.",
)


@dg.sensor(
    job=refresh_warehouse,
    minimum_interval_seconds=60,
    description="Refreshes when the landing folder has changed and is at rest again.",
)
def landing_changed(
    context: dg.SensorEvaluationContext, settings: dg.ResourceParam[Settings]
) -> dg.SensorResult:
    """Ask for a run when the folder has changed and two looks in a row agree."""
    now = fingerprint(settings.landing_path)
    seen, _, refreshed = (context.cursor or ":").partition(":")
    if now == refreshed:
        return dg.SensorResult(
            skip_reason="Nothing has arrived.", cursor=context.cursor
        )
    if now != seen:
        return dg.SensorResult(
            skip_reason="Files are arriving; looking again.",
            cursor=f"{now}:{refreshed}",
        )
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=now)],
        cursor=f"{now}:{now}",
    )


def fingerprint(folder: Path) -> str:
    """Return a short hash of the names, sizes and times of the files in `folder`.

    Nothing of a name can be read from it. A folder that is missing is empty.
    """
    digest = hashlib.sha256()
    for file in landed_files(folder):
        entry = (file.name, file.state.size, file.state.modified_ns)
        digest.update(repr(entry).encode())
    return digest.hexdigest()[:12]
