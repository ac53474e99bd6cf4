"""The documented production setup works, and outlives the loss of its code server.

PostgreSQL, code server, daemon and webserver run for real. A run is known to be in its
midst because the database that it asks is made to wait.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg
import pytest

from orchestration import raw
from orchestration.runs import last_run
from orchestration.settings import load_settings
from tests.golden.production import (
    Services,
    Web,
    example_settings,
    free_ports,
    postgres,
    wait_for,
)

pytestmark = pytest.mark.production
ASSETS = [["pulled_files"], *(["raw", table] for table in raw.SCHEMAS)]
CHECK = (["pulled_files"], "every_source_answered")
SOURCES = """
sources:
  - name: billing
    sql:
      url: BILLING_URL
      tables:
        - {name: visits, feed: encounters, table: visits, cursor: revision, overlap: 0}
"""


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Start the PostgreSQL that holds Dagster's history, and a sender's visits."""
    (port,) = free_ports(1)
    with postgres(port) as address:
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute("create database chartgap_history")
            connection.execute("create user chartgap superuser")
            connection.execute("create database billing")
        with psycopg.connect(f"{address}/billing", autocommit=True) as connection:
            connection.execute(
                "create table visits (encounter_id text, status text, revision int)"
            )
        yield address


@pytest.fixture(scope="module")
def environment(
    database: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Return the settings of the example with other folders, ports and passwords."""
    data = tmp_path_factory.mktemp("production") / "data"
    (data / "landing").mkdir(parents=True)
    (data / "sources.yml").write_text(SOURCES)
    code, web = free_ports(2)
    return {
        **example_settings(),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "CHARTGAP_DATA_DIR": str(data),
        "DAGSTER_HOME": str(data / "dagster"),
        "CHARTGAP_SETTLE_SECONDS": "0",
        "CHARTGAP_HISTORY_PORT": database.rpartition(":")[2],
        "CHARTGAP_HISTORY_PASSWORD": "synthetic",
        "CHARTGAP_CODE_PORT": str(code),
        "CHARTGAP_WEB_PORT": str(web),
        "BILLING_URL": f"{database}/billing",
    }


@pytest.fixture(scope="module")
def services(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """Start everything, in the order of the units."""
    started = Services(environment, tmp_path_factory.mktemp("logs"))
    started.prepare()
    for name in ("code", "daemon", "webserver"):
        started.start(name)
    yield started
    started.kill_all()


def add_visit(database: str, name: str, revision: int) -> None:
    with psycopg.connect(f"{database}/billing") as connection:
        connection.execute(
            "insert into visits values (%s, 'finished', %s)", [name, revision]
        )


@contextmanager
def visits_locked(database: str) -> Iterator[psycopg.Connection]:
    """Have everybody who asks for the visits wait; yield a connection beside them."""
    with (
        psycopg.connect(f"{database}/billing") as holder,
        psycopg.connect(f"{database}/billing", autocommit=True) as beside,
    ):
        holder.execute("lock table visits in access exclusive mode")
        yield beside


def is_waited_for(connection: psycopg.Connection) -> bool:
    waiting = "select count(*) from pg_locks where not granted"
    return bool(connection.execute(waiting).fetchone() != (0,))


def loaded(environment: dict[str, str], column: str, table: str) -> list[object]:
    files = f"{environment['CHARTGAP_DATA_DIR']}/raw/{table}/*.parquet"
    found = duckdb.execute(f"select {column} from '{files}' order by all").fetchall()
    return [row[0] for row in found]


def test_a_run_goes_through_and_one_that_is_killed_is_closed_and_made_good(
    database: str,
    environment: dict[str, str],
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    web = Web(environment["CHARTGAP_WEB_PORT"])
    wait_for("workspace", web.has_loaded, 120)

    add_visit(database, "synthetic-1", 1)
    first = web.launch(ASSETS, CHECK)
    ended = wait_for("end of the first run", lambda: web.ended(first), 180)
    assert ended["status"] == "SUCCESS", services.said()
    assert loaded(environment, "encounter_id", "encounters") == ["synthetic-1"]

    add_visit(database, "synthetic-2", 2)
    with visits_locked(database) as beside:
        killed = web.launch(ASSETS, CHECK)
        wait_for("run in its midst", lambda: is_waited_for(beside), 180)
        services.kill("code")
    services.start("code")

    ended = wait_for("end of the killed run", lambda: web.ended(killed), 180)
    assert ended["status"] == "FAILURE"
    assert "Detected run worker status" in str(ended["eventConnection"])
    (retry,) = wait_for(
        "retry", lambda: [r for r in web.runs() if r["parentRunId"] == killed], 180
    )
    ended = wait_for("end of the retry", lambda: web.ended(retry["runId"]), 180)
    assert ended["status"] == "SUCCESS", services.said()

    names = ["synthetic-1", "synthetic-2"]
    assert loaded(environment, "encounter_id", "encounters") == names
    assert loaded(environment, "outcome", "load_log") == ["loaded", "loaded"]
    assert "synthetic" not in str(web.runs())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = last_run(load_settings())
    assert found
    assert found.run_id == retry["runId"]
