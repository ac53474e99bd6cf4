"""Which runs count as alive, so that monitoring closes the others and no more."""

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher.base import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG

from orchestration import launcher
from orchestration.launcher import WatchedRunLauncher, run_in_terminal
from orchestration.settings import Settings

HOLD = """
import sys
from orchestration.launcher import run_in_terminal
from orchestration.settings import Settings
with run_in_terminal(Settings(data_dir=sys.argv[1])):
    print("begun", flush=True)
    sys.stdin.read()
"""
IN_TERMINAL = dg.DagsterRun("refresh_warehouse", run_id="r1")


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("CHARTGAP_DATA_DIR", str(tmp_path))
    return Settings(data_dir=tmp_path)


def of_server(socket: Path) -> dg.DagsterRun:
    """Return a run of a code server that listens on a socket."""
    where = json.dumps({"host": "localhost", "socket": str(socket)})
    return dg.DagsterRun("refresh_warehouse", run_id="r1", tags={GRPC_INFO_TAG: where})


def status(run: dg.DagsterRun, watch: WatchedRunLauncher | None = None) -> WorkerStatus:
    return (watch or WatchedRunLauncher()).check_run_worker_health(run).status


def test_monitoring_may_ask() -> None:
    assert WatchedRunLauncher().supports_check_run_worker_health


def test_a_run_of_the_command_line_is_alive_until_its_process_is_killed(
    settings: Settings,
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, settings.data_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    assert status(IN_TERMINAL) == WorkerStatus.RUNNING

    process.kill()
    process.communicate()

    assert status(IN_TERMINAL) == WorkerStatus.NOT_FOUND


def test_one_of_two_runs_of_the_command_line_may_end(settings: Settings) -> None:
    with run_in_terminal(settings):
        with run_in_terminal(settings):
            pass
        assert status(IN_TERMINAL) == WorkerStatus.RUNNING


def test_runs_of_a_code_server_that_is_silent_count_as_alive_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch, run = WatchedRunLauncher(), of_server(tmp_path / "nobody")
    assert status(run, watch) == WorkerStatus.RUNNING
    assert status(run, watch) == WorkerStatus.RUNNING

    monkeypatch.setattr(launcher, "_PATIENCE_SECONDS", 0)

    assert status(run, watch) == WorkerStatus.NOT_FOUND
