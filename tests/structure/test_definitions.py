"""The asset graph as Dagster loads it."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration import dbt_runner, raw
from orchestration.automation import fingerprint
from orchestration.definitions import definitions
from orchestration.settings import Settings
from orchestration.validation import read_suites

PUBLISHED = dg.AssetKey(["published", "database"])


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return definitions()


@pytest.fixture(scope="module")
def graph(defs: dg.Definitions):  # Dagster does not export the type
    return defs.resolve_asset_graph()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def test_the_definitions_load_and_can_be_run(defs):
    dg.Definitions.validate_loadable(defs)


def test_a_refresh_has_one_job_one_nightly_schedule_and_one_sensor(defs):
    assert [job.name for job in defs.jobs] == ["refresh_warehouse", "send_alerts"]
    (schedule, _) = defs.schedules
    assert (schedule.cron_schedule, schedule.job_name) == (
        "0 2 * * *",
        "refresh_warehouse",
    )
    assert defs.sensors[0].job_name == "refresh_warehouse"


def test_alerts_come_after_a_refresh_whatever_it_came_to_and_every_hour(defs):
    """A run that failed makes nothing more, so alerts have a job of their own."""
    _, *after = defs.sensors
    _, hourly = defs.schedules
    refresh = defs.resolve_job_def("refresh_warehouse")

    statuses = {sensor.name: sensor.job_name for sensor in after}
    assert statuses == {
        "alerts_after_success": "send_alerts",
        "alerts_after_failure": "send_alerts",
    }
    assert (hourly.job_name, hourly.cron_schedule) == ("send_alerts", "5 * * * *")
    assert hourly.default_status == dg.DefaultScheduleStatus.RUNNING
    assert {sensor.default_status for sensor in after} == {
        dg.DefaultSensorStatus.RUNNING
    }
    assert "tell_alerts" not in {node.name for node in refresh.graph.nodes}


def test_a_run_that_failed_asks_for_alerts_once(defs, instance):
    @dg.op
    def stop() -> None:
        raise dg.Failure("a check failed")

    @dg.job(name="refresh_warehouse")
    def refresh() -> None:
        stop()

    result = refresh.execute_in_process(instance=instance, raise_on_error=False)
    [sensor] = [one for one in defs.sensors if one.name == "alerts_after_failure"]
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name,
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_failure_event(),
    )

    assert sensor(context).run_key == result.run_id


def test_every_dbt_source_is_a_raw_table_that_ingest_makes(graph):
    """Their one meeting point: the keys that dagster-dbt derives from sources."""
    manifest = json.loads(dbt_runner.prepare_manifest().read_text())
    sources = {
        dg.AssetKey([source["source_name"], source["name"]])
        for source in manifest["sources"].values()
        # What people decided is no asset: nobody can make it again.
        if source["source_name"] != "alerts"
    }

    assert sources
    assert sources <= graph.materializable_asset_keys
    assert {dg.AssetKey(["raw", table]) for table in raw.SCHEMAS} >= sources


def test_every_model_is_an_asset(graph):
    manifest = json.loads(dbt_runner.prepare_manifest().read_text())
    models = {
        dg.AssetKey([node["schema"], node["name"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }

    assert models
    assert models <= graph.materializable_asset_keys


def test_publication_waits_for_every_mart_and_for_the_load_log(graph):
    upstream = graph.get_ancestor_asset_keys(PUBLISHED)
    marts = {key for key in graph.materializable_asset_keys if key.path[0] == "marts"}

    assert marts <= upstream
    assert dg.AssetKey(["raw", raw.LOAD_LOG]) in upstream
    assert dg.AssetKey("landing_files") in upstream


def test_every_expectation_is_a_check_that_can_block(graph):
    declared = {
        dg.AssetCheckKey(dg.AssetKey(expectation.asset), expectation.id)
        for suite in read_suites()
        for expectation in suite.expectations
    }

    assert declared <= graph.asset_check_keys
    assert all(graph.get(key).blocking for key in declared)


def test_a_lost_record_blocks_and_a_rejected_one_does_not(graph):
    load_log, rejects = (dg.AssetKey(["raw", n]) for n in (raw.LOAD_LOG, raw.REJECTS))

    balance = dg.AssetCheckKey(load_log, "every_record_is_accounted_for")
    rejected = dg.AssetCheckKey(rejects, "no_rejected_records")
    assert graph.get(balance).blocking
    assert not graph.get(rejected).blocking


def test_the_models_are_built_after_the_checks_on_raw(defs):
    """A dbt test on a source would exempt the build from the checks of that source."""
    job = defs.resolve_job_def("refresh_warehouse")
    dependencies = {
        node.name: {
            definition.node
            for inputs in job.graph.dependencies[node].values()
            for definition in inputs.get_node_dependencies()
        }
        for node in job.graph.dependencies
    }

    assert {
        "raw__load_log_every_record_is_accounted_for",
        "validate_feeds",
    } <= dependencies["build_warehouse"]
    assert "validate_marts" in dependencies["publish_marts"]


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
    sensor, *_ = defs.sensors
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
    sensor, *_ = defs.sensors
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
