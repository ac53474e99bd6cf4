"""The files of docs/deployment are well formed and agree with each other.

That they work is shown by tests/golden/test_production.py.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose
from dagster._core.instance.config import dagster_instance_config

from orchestration.settings import Settings
from tests.golden.production import (
    DEPLOYMENT,
    INSTALLED,
    PROJECT_DIR,
    command,
    example_settings,
    unit,
)

UNITS = ("code", "daemon", "webserver")
# What Dagster's own files read; all other settings are those of `Settings`.
FOR_DAGSTER = {
    "DAGSTER_HOME",
    *(f"CHARTGAP_HISTORY_{name}" for name in ("PORT", "DATABASE", "USER", "PASSWORD")),
    *(
        f"CHARTGAP_{name}"
        for name in ("CODE_HOST", "CODE_PORT", "WEB_HOST", "WEB_PORT")
    ),
}


def text(name: str) -> str:
    return (DEPLOYMENT / name).read_text()


def compose() -> dict:
    """Return the compose file with its anchors put in."""
    return yaml.safe_load(text("compose.yaml"))


def test_every_setting_of_the_example_is_one_that_something_reads():
    own = {f"CHARTGAP_{name.upper()}" for name in Settings.model_fields}

    assert example_settings().keys() <= own | FOR_DAGSTER
    assert example_settings().keys() >= FOR_DAGSTER | {"CHARTGAP_HISTORY_HOST"}


def test_the_example_holds_no_secret():
    secret = [name for name in example_settings() if re.search("PASSWORD|KEY", name)]

    assert len(secret) == 2
    assert not any(example_settings()[name] for name in secret)


@pytest.mark.parametrize("name", ["dagster.yaml", "workspace.yaml"])
def test_what_dagster_reads_from_the_environment_is_in_the_example(name):
    asked = set(re.findall(r"\{env: (\w+)\}", text(name)))

    assert asked
    assert asked <= example_settings().keys()


@pytest.mark.parametrize("folder", [DEPLOYMENT, PROJECT_DIR], ids=["production", "dev"])
def test_a_run_that_was_killed_is_closed_and_tried_again(folder):
    config, _ = dagster_instance_config(str(folder))

    assert config["run_launcher"]["class"] == "WatchedRunLauncher"
    assert config["run_monitoring"]["enabled"]
    assert config["run_retries"]["enabled"]
    assert config["run_retries"]["max_retries"] == 2
    assert not config["run_retries"]["retry_on_asset_or_op_failure"]


def test_production_has_one_writer_a_limit_of_time_and_keeps_nothing_printed():
    config, _ = dagster_instance_config(str(DEPLOYMENT))

    assert config["concurrency"]["pools"] == {"default_limit": 1, "granularity": "run"}
    assert config["run_monitoring"]["max_runtime_seconds"] > 0
    assert config["compute_logs"]["class"] == "NoOpComputeLogManager"
    assert not config["telemetry"]["enabled"]
    assert set(config["retention"]) == {"schedule", "sensor"}


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_what_is_there_as_an_own_user_and_comes_back(name):
    service = unit(name)["Service"]
    program, *words = command(name, "ExecStart", example_settings())

    assert Path(program).is_file()
    assert not any("$" in word for word in words)
    files = [Path(word) for word in words if word.startswith(str(PROJECT_DIR))]
    assert all(file.is_file() for file in files)
    assert service["User"] == "chartgap"
    assert service["Restart"] == "always"
    assert service["LimitCORE"] == "0"
    data = example_settings()["CHARTGAP_DATA_DIR"]
    assert service["ReadWritePaths"].split() == [data, f"{INSTALLED}/dbt_project"]


def test_the_code_server_is_prepared_and_outlives_a_run_without_memory():
    service = unit("code")["Service"]
    (prepare,) = command("code", "ExecStartPre", example_settings())

    assert Path(prepare).stat().st_mode & 0o111
    assert service["OOMPolicy"] == "continue"


@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_the_units(name, tmp_path):
    """Where there is no systemd the tests above have to do."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    here = tmp_path / f"chartgap-{name}.service"
    # It asks whether programs are there, and takes no variables in their paths.
    here.write_text(re.sub(rf"{INSTALLED}\S+", "/bin/true", text(here.name)))

    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", here],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "chartgap" not in found.stderr, found.stderr


def test_the_compose_file_is_one():
    parsed = PyCompose.from_yaml(yaml.safe_dump(compose()))

    assert set(parsed.service_names()) == {"postgres", *UNITS}


@pytest.mark.parametrize("name", UNITS)
def test_the_compose_file_runs_what_the_units_run(name):
    service = compose()["services"][name]
    everywhere = {"CHARTGAP_CODE_HOST": "0.0.0.0", "CHARTGAP_WEB_HOST": "0.0.0.0"}
    program, *words = command(
        name, "ExecStart", {**service["environment"], **everywhere}
    )
    words = [word.removeprefix(f"{PROJECT_DIR}/") for word in words]

    assert " ".join([Path(program).name, *words]) in service["command"]
    prepares = "docs/deployment/prepare &&" in service["command"]
    assert prepares == ("ExecStartPre" in unit(name)["Service"])


def test_only_this_machine_reaches_the_webserver_and_nothing_else_is_open():
    ports = {
        name: service["ports"]
        for name, service in compose()["services"].items()
        if "ports" in service
    }

    assert ports == {"webserver": ["127.0.0.1:3000:3000"]}
    assert example_settings()["CHARTGAP_WEB_HOST"] == "127.0.0.1"


def test_the_image_takes_along_no_data_and_no_secret():
    ignored = text("Dockerfile.dockerignore").splitlines()

    assert {"data", ".git", "docs/deployment/*.env"} <= set(ignored)
