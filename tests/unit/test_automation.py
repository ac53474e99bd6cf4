"""What is run when: schedules, the doorbell, what is tried again, what is due."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._utils.schedules import schedule_execution_time_iterator

from orchestration.alert_assets import ALERTS
from orchestration.assets import (
    LOAD_LOG,
    PUBLISHED_DATABASE,
    PUBLISHED_PAGE,
)
from orchestration.automation import (
    REPORT_DAYS,
    fingerprint,
    is_refreshing,
    refresh_warehouse,
    schedules,
)
from orchestration.definitions import definitions
from orchestration.failures import RETRIES, in_plain_words
from orchestration.resources import WAREHOUSE_POOL
from orchestration.settings import Settings

ZONE = "America/New_York"


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHARTGAP_TIME_ZONE", ZONE)
        return definitions()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def test_everything_that_starts_a_run_is_delivered_stopped_but_alerts(defs):
    starters = [
        starter
        for starter in (*defs.schedules, *defs.sensors)
        if not starter.name.startswith("alerts_")
    ]

    assert {starter.name for starter in starters} == {
        "nightly_refresh",
        "hourly_refresh",
        "nightly_report_day",
        "landing_changed",
    }
    assert {starter.default_status.value for starter in starters} == {"STOPPED"}


def test_a_refresh_is_asked_for_once_an_hour_on_the_clocks_of_the_practice(defs):
    """On the day on which the clocks go forward at two."""
    begin = datetime(2026, 3, 9, 4, tzinfo=UTC).timestamp()  # midnight there
    nightly, hourly, report_day = (
        ticks(schedule, begin, 24)
        for schedule in (
            *schedules(ZONE),
            defs.resolve_schedule_def("nightly_report_day"),
        )
    )

    assert [tick.isoformat() for tick in nightly] == ["2026-03-09T02:00:00-04:00"]
    assert sorted(nightly + hourly) == [
        datetime.fromtimestamp(begin + hour * 3600, UTC) for hour in range(24)
    ]
    assert [tick.isoformat() for tick in report_day] == ["2026-03-09T04:00:00-04:00"]


def ticks(schedule, begin: float, hours: int) -> list[datetime]:
    found = schedule_execution_time_iterator(
        begin, schedule.cron_schedule, schedule.execution_timezone
    )
    end = begin + hours * 3600
    return list(itertools.takewhile(lambda tick: tick.timestamp() < end, found))


def test_the_hourly_refresh_does_not_queue_up(tmp_path):
    _, hourly = schedules(ZONE)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=datetime(2026, 3, 9, 9, tzinfo=UTC),
        )
        instance.add_run(refresh("SUCCESS"))
        free = hourly.evaluate_tick(context)
        instance.add_run(refresh("QUEUED"))
        busy = hourly.evaluate_tick(context)

    assert len(free.run_requests) == 1
    assert not busy.run_requests
    assert busy.skip_message


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("QUEUED", True),
        ("STARTING", True),
        ("STARTED", True),
        ("CANCELING", True),
        ("SUCCESS", False),
        ("FAILURE", False),
        ("CANCELED", False),
    ],
)
def test_a_refresh_goes_on_until_it_has_ended(instance, status, expected):
    instance.add_run(refresh(status))

    assert is_refreshing(instance) == expected


def refresh(status: str) -> dg.DagsterRun:
    """Return a run of the job; one that is queued must say where it comes from."""
    place = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("chartgap"), "r")
    return dg.DagsterRun(
        refresh_warehouse.name,
        status=dg.DagsterRunStatus[status],
        remote_job_origin=RemoteJobOrigin(place, refresh_warehouse.name),
    )


def test_the_report_of_the_night_is_that_of_the_day_before(defs, instance):
    schedule = defs.resolve_schedule_def("nightly_report_day")
    context = dg.build_schedule_context(
        instance=instance, scheduled_execution_time=datetime(2026, 3, 9, 8, tzinfo=UTC)
    )

    (request,) = schedule.evaluate_tick(context).run_requests

    assert request.partition_key == "2026-03-08"


def test_what_readers_wait_for_goes_before_days_of_the_past(defs, instance):
    nightly, hourly = schedules(ZONE)
    priority = "dagster/priority"
    tags = {
        job.name: defs.resolve_job_def(job.name).tags.get(priority) for job in defs.jobs
    }

    assert tags == {
        "refresh_warehouse": None,
        "report_day": "-1",
        "publish_to_postgres": None,
        "send_alerts": None,
    }
    assert nightly.tags[priority] == "1"
    assert priority not in hourly.tags


def test_a_refresh_makes_everything_but_the_report_days_and_alerts(defs):
    graph = defs.resolve_asset_graph()
    made = defs.resolve_job_def("refresh_warehouse").asset_layer.executable_asset_keys

    assert graph.materializable_asset_keys - made == {REPORT_DAYS, ALERTS}


def test_steps_that_use_raw_or_the_warehouse_are_in_the_pool_of_one(defs):
    pools = {
        node.name: pool
        for job in ("refresh_warehouse", "report_day", "send_alerts")
        for node in defs.resolve_job_def(job).nodes
        for pool in node.definition.pools
    }

    assert pools == dict.fromkeys(
        (
            "ingest_landing",
            "build_warehouse",
            "validate_marts",
            "publish_marts",
            "published__report_days",
            "tell_alerts",
        ),
        WAREHOUSE_POOL,
    )


def test_what_may_pass_by_itself_is_tried_again_later_and_not_at_once_by_all(defs):
    retried = {
        node.name
        for job in ("refresh_warehouse", "report_day")
        for node in defs.resolve_job_def(job).nodes
        if node.definition.retry_policy == RETRIES
    }

    assert retried == {
        "publish_postgres",
        "pull_sources",
        "ingest_landing",
        "publish_marts",
        "published__report_days",
    }
    assert RETRIES.max_retries == 2
    first, second = (
        {RETRIES.calculate_delay(attempt) for _ in range(50)} for attempt in (1, 2)
    )
    assert max(first) <= 20 <= min(second) <= max(second) <= 40
    assert len(first) == len(second) == 50


def test_what_a_person_has_to_correct_is_not_tried_again():
    with (
        pytest.raises(dg.Failure, match="a zone") as wrong,
        in_plain_words(KeyError, final=(ValueError,)),
    ):
        raise ValueError("a zone")
    with pytest.raises(dg.Failure) as busy, in_plain_words(KeyError):
        raise KeyError("a lock")

    assert wrong.value.allow_retries is False
    assert busy.value.allow_retries is not False


def test_what_readers_open_is_late_when_the_night_has_not_made_it(defs):
    graph = defs.resolve_asset_graph()
    policies = {
        key: graph.get(key).freshness_policy
        for key in graph.get_all_asset_keys()
        if graph.get(key).freshness_policy
    }

    due = dg.FreshnessPolicy.cron("0 6 * * *", timedelta(hours=5), ZONE)
    assert policies == dict.fromkeys(
        (LOAD_LOG, PUBLISHED_DATABASE, PUBLISHED_PAGE), due
    )


def of_landing(defs: dg.Definitions) -> dg.SensorDefinition:
    (sensor,) = [one for one in defs.sensors if one.name == "landing_changed"]
    return sensor


def look(sensor, instance, data: Path, cursor: str | None) -> dg.SensorResult:
    context = dg.build_sensor_context(
        instance=instance,
        cursor=cursor,
        resources={"settings": Settings(data_dir=data)},
    )
    return sensor(context)


def test_the_sensor_asks_once_when_files_have_arrived_and_rest(
    defs, instance, tmp_path
):
    sensor = of_landing(defs)
    file = tmp_path / "landing" / "synthetic-name.csv"
    file.parent.mkdir()
    file.write_text("one")

    arriving = look(sensor, instance, tmp_path, None)
    rest = look(sensor, instance, tmp_path, arriving.cursor)
    again = look(sensor, instance, tmp_path, rest.cursor)

    assert not arriving.run_requests
    assert len(rest.run_requests) == 1
    assert not again.run_requests
    assert "synthetic" not in f"{arriving}{rest}{again}"


def test_the_sensor_waits_while_a_file_grows(defs, instance, tmp_path):
    sensor = of_landing(defs)
    file = tmp_path / "landing" / "synthetic-name.csv"
    file.parent.mkdir()
    file.write_text("one")
    arriving = look(sensor, instance, tmp_path, None)
    file.write_text("one and more")

    growing = look(sensor, instance, tmp_path, arriving.cursor)

    assert not growing.run_requests


def test_a_fingerprint_changes_with_any_file_and_only_then(tmp_path):
    empty = fingerprint(tmp_path)
    (tmp_path / "a").write_text("1")
    one = fingerprint(tmp_path)

    assert len({empty, one, fingerprint(tmp_path / "missing")}) == 2
    assert one == fingerprint(tmp_path)
