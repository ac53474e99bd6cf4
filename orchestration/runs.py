"""Runs of the job: start one in this process, and read how the last one ended.

Every run is kept in one history, so that the Dagster UI shows
what the command line started and the command line shows what the scheduler did.
"""

import shutil
from dataclasses import replace

import dagster as dg

from orchestration.alert_assets import send_alerts
from orchestration.assets import INGEST_OP
from orchestration.automation import refresh_warehouse
from orchestration.definitions import definitions
from orchestration.launcher import run_in_terminal
from orchestration.postgres_assets import publish_job
from orchestration.resources import Progress
from orchestration.run_records import read_run
from orchestration.run_result import Run
from orchestration.settings import PROJECT_DIR, Settings

_CONFIG = "dagster.yaml"
_IN_PRODUCTION = "docs/deployment/dagster.yaml"
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

    `as_of` is an ISO time, None for now. Alerts are told afterwards, whatever it came
    to; what went wrong with them is said too, and makes no run a bad one.
    """
    defs = definitions()
    job = defs.resolve_job_def(refresh_warehouse.name)
    config = {"ops": {INGEST_OP: {"config": {"as_of": as_of}}}, "loggers": _SILENT}
    with open_instance(settings) as instance, run_in_terminal(settings):
        result = job.execute_in_process(
            run_config=config,
            instance=instance,
            raise_on_error=False,
            resources={"settings": settings, "progress": progress},
        )
        run = read_run(instance, result.run_id)
        result = defs.resolve_job_def(send_alerts.name).execute_in_process(
            run_config={"loggers": _SILENT},
            instance=instance,
            raise_on_error=False,
            resources={"settings": settings, "progress": progress},
        )
        told = read_run(instance, result.run_id)
    return replace(
        run,
        problems=run.problems + told.problems,
        failed_checks=run.failed_checks + told.failed_checks,
    )


def publish(settings: Settings, *, progress: Progress) -> Run:
    """Bring the last publication to PostgreSQL and say how it went; raises nothing."""
    job = definitions().resolve_job_def(publish_job.name)
    with open_instance(settings) as instance, run_in_terminal(settings):
        result = job.execute_in_process(
            run_config={"loggers": _SILENT},
            instance=instance,
            raise_on_error=False,
            resources={"settings": settings, "progress": progress},
        )
        return read_run(instance, result.run_id)


def last_run(settings: Settings) -> Run | None:
    """Read how the last run of the job ended; None when there was none."""
    with open_instance(settings) as instance:
        runs = instance.get_run_records(
            dg.RunsFilter(job_name=refresh_warehouse.name), limit=1
        )
        return read_run(instance, runs[0].dagster_run.run_id) if runs else None
