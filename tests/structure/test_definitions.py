"""The asset graph as Dagster loads it."""

import json

import dagster as dg
import pytest

from orchestration import dbt_runner, raw
from orchestration.definitions import definitions
from orchestration.validation import read_suites

PUBLISHED = dg.AssetKey(["published", "database"])


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return definitions()


@pytest.fixture(scope="module")
def graph(defs: dg.Definitions):  # Dagster does not export the type
    return defs.resolve_asset_graph()


def test_the_definitions_load_and_can_be_run(defs):
    dg.Definitions.validate_loadable(defs)


def test_alerts_come_after_a_refresh_whatever_it_came_to_and_every_hour(defs):
    """A run that failed makes nothing more, so alerts have a job of their own."""
    after = [one for one in defs.sensors if one.name.startswith("alerts_")]
    [hourly] = [one for one in defs.schedules if one.name == "alerts_every_hour"]
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


def test_a_run_that_failed_asks_for_alerts_once(defs):
    @dg.op
    def stop() -> None:
        raise dg.Failure("a check failed")

    @dg.job(name="refresh_warehouse")
    def refresh() -> None:
        stop()

    [sensor] = [one for one in defs.sensors if one.name == "alerts_after_failure"]
    with dg.DagsterInstance.ephemeral() as instance:
        result = refresh.execute_in_process(instance=instance, raise_on_error=False)
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
