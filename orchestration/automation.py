"""When what is run: every night, every hour, when files arrive; and by when it is due.

Schedules and sensor are delivered stopped; an operator starts them in the UI. All of
them ask for the same job: it finds out by itself what is new.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import dagster as dg

from orchestration.failures import in_plain_words
from orchestration.landing import landed_files
from orchestration.settings import Settings
from orchestration.sources import SourcesError, read_sources

REPORT_DAYS = dg.AssetKey(["published", "report_days"])

refresh_warehouse = dg.define_asset_job(
    "refresh_warehouse",
    # A day's reports are a build of their own (job report_day); alerts come after a
    # run, whatever it comes to (`alert_assets`).
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.assets(REPORT_DAYS)
    - dg.AssetSelection.groups("alerts"),
    executor_def=dg.in_process_executor,
    description="Ingest what is new, check it, build, check, publish.",
)

_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_NIGHTLY = "0 2 * * *"
_HOURLY = "0 0-1,3-23 * * *"
_DUE = "0 6 * * *"
# Since one hour before the nightly run: what is older is of the day before.
_DUE_WITHIN = timedelta(hours=5)


def schedules(time_zone: str) -> list[dg.ScheduleDefinition]:
    """Build the schedules of a practice whose clocks are those of `time_zone`."""
    nightly = dg.ScheduleDefinition(
        name="nightly_refresh",
        job=refresh_warehouse,
        cron_schedule=_NIGHTLY,
        tags={"dagster/priority": "1"},
        execution_timezone=time_zone,
        description="Every night at 02:00.",
    )

    @dg.schedule(
        name="hourly_refresh",
        job=refresh_warehouse,
        cron_schedule=_HOURLY,
        execution_timezone=time_zone,
        description="Every full hour but 02:00, unless a refresh goes on or waits.",
    )
    def hourly_refresh(
        context: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        """Ask for a run for what databases and servers have new; no queue of them."""
        if is_refreshing(context.instance):
            return dg.SkipReason("A refresh goes on or waits; it is asked for once.")
        return dg.RunRequest()

    return [nightly, hourly_refresh]


def is_refreshing(instance: dg.DagsterInstance) -> bool:
    """Tell whether a run of the job is at work or will be."""
    filters = dg.RunsFilter(job_name=refresh_warehouse.name, statuses=_UNFINISHED)
    return instance.get_runs_count(filters) > 0


def due_in_the_morning(
    assets: Sequence[dg.AssetsDefinition], keys: set[dg.AssetKey], time_zone: str
) -> list[dg.AssetsDefinition]:
    """Have Dagster show those of `keys` as late that are not made by 06:00."""
    policy = dg.FreshnessPolicy.cron(
        deadline_cron=_DUE, lower_bound_delta=_DUE_WITHIN, timezone=time_zone
    )

    def with_policy(spec: dg.AssetSpec) -> dg.AssetSpec:
        if spec.key not in keys:
            return spec
        return spec.replace_attributes(freshness_policy=policy)

    return list(dg.map_asset_specs(with_policy, assets))


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
