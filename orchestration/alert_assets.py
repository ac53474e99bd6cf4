"""Alerts as Dagster sees them: an asset of its own, its job, and what starts it.

The job comes after every refresh, whatever that came to: a failed check has to reach
somebody too, and nothing right of it is materialised then. Every hour it comes
again, for what quiet hours held back, what is told again, and the digest. Sensors
and schedule are delivered running: an alert that nobody has switched on is none.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from orchestration.alerts.found import find
from orchestration.alerts.log import AlertLogError
from orchestration.alerts.notify import Told, look
from orchestration.alerts.rules import AlertRulesError, read_rules
from orchestration.alerts.send import AlertUrlError, open_destinations
from orchestration.alerts.words import UnsafeAlertError
from orchestration.assets import PUBLISHED_DATABASE
from orchestration.automation import refresh_warehouse
from orchestration.failures import in_plain_words
from orchestration.resources import WAREHOUSE_POOL
from orchestration.run_records import last_ended_run
from orchestration.settings import Settings

ALERTS = dg.AssetKey(["alerts", "messages"])
ALERT_ERRORS = (AlertLogError, AlertRulesError, AlertUrlError, UnsafeAlertError)
_EVERY_DESTINATION_ANSWERS = "every_destination_answers"


@dg.multi_asset(
    name="tell_alerts",
    # A reader holds the warehouse too: a build that meets it would fail.
    pool=WAREHOUSE_POOL,
    specs=[
        dg.AssetSpec(
            ALERTS,
            deps=[PUBLISHED_DATABASE, dg.AssetKey(["marts", "rpt_ops_alerts"])],
            description="What was told to whom; the log is in the data folder.",
            group_name="alerts",
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(
            _EVERY_DESTINATION_ANSWERS,
            asset=ALERTS,
            description="Each destination has an address and took its messages.",
        )
    ],
)
def tell_alerts(
    context: dg.AssetExecutionContext, settings: dg.ResourceParam[Settings]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
    """Note what is new and over, and tell who should know."""
    with in_plain_words(*ALERT_ERRORS):
        told = look_now(settings, context.instance)
    yield dg.MaterializeResult(
        asset_key=ALERTS,
        metadata={
            "open": told.open_count,
            "raised": told.raised_count,
            "resolved": told.resolved_count,
            "sent": told.sent_count,
        },
    )
    yield dg.AssetCheckResult(
        asset_key=ALERTS,
        check_name=_EVERY_DESTINATION_ANSWERS,
        passed=not told.failed and not told.unknown,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "owner": "data_engineering",
            "runbook": "alert-not-sent",
            "failed": len(told.failed) + len(told.unknown),
            "did not answer": ", ".join(told.failed),
            "without an address": ", ".join(told.unknown),
        },
    )


def look_now(settings: Settings, instance: dg.DagsterInstance) -> Told:
    """Look at the alerts once, with what the last run of the job left.

    Raises one of ALERT_ERRORS.
    """
    rules = read_rules()
    destinations = open_destinations(settings.alert_urls)
    run = last_ended_run(instance, refresh_warehouse.name)
    return look(
        settings.alerts_path,
        lambda: find(settings.warehouse_path, run, rules),
        rules,
        destinations,
        now=datetime.now(UTC),
        runbook_url=settings.runbook_url,
    )


send_alerts = dg.define_asset_job(
    "send_alerts",
    selection=dg.AssetSelection.assets(ALERTS),
    executor_def=dg.in_process_executor,
    description="Tell what is open and due, once.",
)

alerts_every_hour = dg.ScheduleDefinition(
    name="alerts_every_hour",
    job=send_alerts,
    cron_schedule="5 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="What quiet hours held back, what is told again, and the digest.",
)


def _after(status: dg.DagsterRunStatus, name: str) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=status,
        name=name,
        monitored_jobs=[refresh_warehouse],
        request_job=send_alerts,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells what a refresh found.",
    )
    def after_refresh(context: dg.RunStatusSensorContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    return after_refresh


alert_sensors = [
    _after(dg.DagsterRunStatus.SUCCESS, "alerts_after_success"),
    _after(dg.DagsterRunStatus.FAILURE, "alerts_after_failure"),
]
