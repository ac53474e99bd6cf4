"""How recorded runs ended, read from Dagster's run history.

Holds the reading alone, so that a step may ask about the run before it; starting a
run is `runs`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.run_result import FailedCheck, Run

# dbt's name for the number of rows that a test found.
_FAILED_ROWS = "dagster_dbt/failed_row_count"
_ENDED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]


def last_ended_run(instance: dg.DagsterInstance, job_name: str) -> Run | None:
    """Read how the last run of a job that has ended did so; None when there is none."""
    runs = instance.get_run_records(
        dg.RunsFilter(job_name=job_name, statuses=_ENDED), limit=1
    )
    return read_run(instance, runs[0].dagster_run.run_id) if runs else None


def read_run(instance: dg.DagsterInstance, run_id: str) -> Run:
    """Read how a run ended."""
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
        evaluated_checks=tuple(_evaluated_checks(events)),
    )


def _evaluated_checks(events: Iterable[dg.DagsterEvent]) -> set[tuple[str, str]]:
    evaluations = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    return {(item.asset_key.to_user_string(), item.check_name) for item in evaluations}


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
