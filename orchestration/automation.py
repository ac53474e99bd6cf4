"""When the warehouse is refreshed: the job, every night, and when files arrive.

Schedule and sensor are delivered stopped; an operator starts them in the UI.
"""

import hashlib
from pathlib import Path

import dagster as dg

from orchestration.failures import in_plain_words
from orchestration.landing import landed_files
from orchestration.settings import Settings
from orchestration.sources import SourcesError, read_sources

refresh_warehouse = dg.define_asset_job(
    "refresh_warehouse",
    # Alerts come after it, whatever it comes to (`alert_assets`).
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("alerts"),
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
    with in_plain_words(SourcesError):
        sources = read_sources(settings.sources_path)
    # What a run itself has pulled is no reason for another run.
    pulled = tuple(f"{entry.name}/" for entry in sources.entries if entry.is_pulled)
    now = fingerprint(settings.landing_path, pulled)
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


def fingerprint(folder: Path, pulled: tuple[str, ...] = ()) -> str:
    """Return a short hash of the names, sizes and times of the files in `folder`.

    Files whose names begin like one of `pulled` do not count. Nothing of a name can
    be read from it. A folder that is missing is empty.
    """
    digest = hashlib.sha256()
    for file in landed_files(folder):
        if file.name.startswith(pulled):
            continue
        entry = (file.name, file.state.size, file.state.modified_ns)
        digest.update(repr(entry).encode())
    return digest.hexdigest()[:12]
