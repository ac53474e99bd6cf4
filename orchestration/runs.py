"""Runs of the job: start one in this process, and read how the last one ended.

Every run is kept in one history, so that the Dagster UI shows
what the command line started and the command line shows what the scheduler did.
"""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.assets import INGEST_OP
from orchestration.automation import refresh_warehouse
from orchestration.definitions import definitions
from orchestration.launcher import run_in_terminal
from orchestration.resources import Progress
from orchestration.run_result import FailedCheck, Run
from orchestration.settings import PROJECT_DIR, Settings

_CONFIG = "dagster.yaml"
_IN_PRODUCTION = "docs/deployment/dagster.yaml"
# dbt's name for the number of rows that a test found.
_FAILED_ROWS = "dagster_dbt/failed_row_count"
# Dagster prints every event; here the summary and the event log take its place.
_SILENT = {"console": {"config": {"log_level": "CRITICAL"}}}


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Open the run history that the services use too; made when it is not there."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    chosen = _CONFIG if settings.history_host is None else _IN_PRODUCTION
    shutil.copyfile(PROJECT_DIR / chosen, home / _CONFIG)
    return dg.DagsterInstance.from_config(str(home))


def refresh(settings: Settings, *, as_of: str | None, progress: Progress) -> Run:
    """Run the job once in this process and say how it ended; raises nothing.

    `as_of` is an ISO time, None for now.
    """
    job = definitions().resolve_job_def(refresh_warehouse.name)
    config = {"ops": {INGEST_OP: {"config": {"as_of": as_of}}}, "loggers": _SILENT}
    with open_instance(settings) as instance, run_in_terminal(settings):
        result = job.execute_in_process(
            run_config=config,
            instance=instance,
            raise_on_error=False,
            resources={"settings": settings, "progress": progress},
        )
        return _read_run(instance, result.run_id)


def last_run(settings: Settings) -> Run | None:
    """Read how the last run of the job ended; None when there was none."""
    with open_instance(settings) as instance:
        runs = instance.get_run_records(
            dg.RunsFilter(job_name=refresh_warehouse.name), limit=1
        )
        return _read_run(instance, runs[0].dagster_run.run_id) if runs else None


def _read_run(instance: dg.DagsterInstance, run_id: str) -> Run:
    record = instance.get_run_record_by_id(run_id)
    ended = record.end_time if record else None
    entries = instance.all_logs(
        run_id,
        of_type={
            dg.DagsterEventType.ASSET_CHECK_EVALUATION,
            dg.DagsterEventType.STEP_FAILURE,
            dg.DagsterEventType.RUN_FAILURE,
        },
    )
    events = [entry.dagster_event for entry in entries if entry.dagster_event]
    return Run(
        run_id=run_id,
        ended_at=None if ended is None else datetime.fromtimestamp(ended, UTC),
        succeeded=record is not None and record.dagster_run.is_success,
        problems=tuple(_problems(events)),
        failed_checks=tuple(_failed_checks(events)),
    )


def _failed_checks(events: Iterable[dg.DagsterEvent]) -> list[FailedCheck]:
    """Collect the checks that were not met, errors first, then the largest."""
    failed = []
    for event in events:
        if event.event_type != dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            continue
        evaluation = event.asset_check_evaluation_data
        if evaluation.passed:
            continue
        found: dict[str, Any] = {
            key: value.value for key, value in evaluation.metadata.items()
        }
        count = found.get("failed", found.get(_FAILED_ROWS))
        failed.append(
            FailedCheck(
                name=evaluation.check_name,
                asset=evaluation.asset_key.to_user_string(),
                is_error=evaluation.severity == dg.AssetCheckSeverity.ERROR,
                failed_count=int(count) if isinstance(count, int | float) else None,
                owner=str(found.get("owner", "data_engineering")),
                runbook=str(found.get("runbook", "publish-stopped")),
                problem=found.get("problem"),
            )
        )
    return sorted(
        failed, key=lambda item: (not item.is_error, -(item.failed_count or 0))
    )


def _problems(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """Say which steps failed and why; only our own words, other errors by name."""
    problems = []
    for event in events:
        if event.event_type != dg.DagsterEventType.STEP_FAILURE:
            continue
        data = event.step_failure_data
        said = data.user_failure_data.description if data.user_failure_data else None
        cause = data.error.cause if data.error else None
        name = (cause or data.error).cls_name if data.error else None
        if name == "DagsterAssetCheckFailedError":
            continue
        problems.append(f"{event.step_key}: {said or name or 'stopped'}")
    return problems
