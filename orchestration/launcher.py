"""Which runs still have a process: Dagster's launcher, with eyes.

Dagster's own launcher cannot tell whether a run is still worked on. A code server
closes a run whose process was killed, but nobody closes those that died with their
code server, or with a `chartgap run`: they would stay "started" for ever and hold the
warehouse. Here run monitoring can ask. Remove this module, and its lines in the two
dagster.yaml, when DefaultRunLauncher has `check_run_worker_health`.
"""

import fcntl
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TextIO

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import DefaultRunLauncher
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import GetCurrentRunsResult
from dagster._serdes import ConfigurableClassData, deserialize_value

from orchestration.settings import Settings, load_settings

# A code server that starts anew answers sooner.
_PATIENCE_SECONDS = 120
_IN_TERMINAL = "in_terminal.lock"


class WatchedRunLauncher(DefaultRunLauncher):
    """Starts runs as processes of the code server and knows which are alive."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(inst_data)
        self._silent_since: dict[str, float] = {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> Self:
        """Take no configuration."""
        return cls(inst_data)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Let run monitoring ask."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Say whether a process works on a run that has begun.

        A code server that does not answer may be starting anew: its runs count as
        alive until it has been silent for two minutes.
        """
        if GRPC_INFO_TAG not in run.tags:
            is_alive = is_run_in_terminal(load_settings())
        else:
            is_alive = self._is_alive(run.run_id, json.loads(run.tags[GRPC_INFO_TAG]))
        return CheckRunHealthResult(
            WorkerStatus.RUNNING if is_alive else WorkerStatus.NOT_FOUND
        )

    def _is_alive(self, run_id: str, server: Mapping[str, Any]) -> bool:
        client = DagsterGrpcClient(
            host=str(server.get("host")),
            port=server.get("port"),
            socket=server.get("socket"),
            use_ssl=bool(server.get("use_ssl", False)),
        )
        try:
            answer = client.get_current_runs()
        except DagsterUserCodeUnreachableError:
            since = self._silent_since.setdefault(run_id, time.monotonic())
            return time.monotonic() - since < _PATIENCE_SECONDS
        self._silent_since.pop(run_id, None)
        return run_id in deserialize_value(answer, GetCurrentRunsResult).current_runs


@contextmanager
def run_in_terminal(settings: Settings) -> Iterator[None]:
    """Tell everybody, until it ends or is killed, that a run goes on in this process.

    The lock is the operating system's, which gives it back whatever happens.
    """
    with _lock_file(settings) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def is_run_in_terminal(settings: Settings) -> bool:
    """Tell whether a run goes on that a command line started."""
    with _lock_file(settings) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _lock_file(settings: Settings) -> TextIO:
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    return (settings.dagster_home / _IN_TERMINAL).open("w")
