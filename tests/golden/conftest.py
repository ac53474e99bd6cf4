"""One way to run the command line in this process and look at what it published."""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.dbt_runner import prepare_manifest
from orchestration.postgres.publication import PostgresResult, publish_to_postgres
from orchestration.raw import LOAD_LOG, RUN, SCHEMAS
from tests.golden.production import free_ports, postgres
from tests.golden.publications import Rows, write_publication


@dataclass(frozen=True)
class Ran:
    """One run: how it ended, what it printed and the data folder it left."""

    code: int
    output: str
    data: Path

    def count(self, query: str) -> int:
        """Return the number that a query on the published database gives."""
        database = str(self.data / "published" / "chartgap.duckdb")
        with duckdb.connect(database, read_only=True) as connection:
            return int(connection.execute(query).fetchall()[0][0])


RunOn = Callable[..., Ran]
Digests = dict[str, tuple[int, str]]
RawDigests = Callable[[Path], Digests]
Digest = Callable[[duckdb.DuckDBPyConnection, str], tuple[int, str]]
# When and in which batch something came, and which of its names came first.
_OF_ARRIVAL = {"_batch_id", "_loaded_at", "batch_id", "loaded_at", "file_name"}


def digest(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, str]:
    """Return the number of rows of a query and a digest of them in any order."""
    digested = f"""
        select count(*), md5(string_agg(line, chr(10) order by line))
        from (select cast(found as varchar) as line from ({query}) as found)
    """
    count, text = connection.execute(digested).fetchall()[0]
    return int(count), str(text)


@pytest.fixture(scope="session")
def digest_of() -> Digest:
    """Return a function that digests the rows of a query."""
    return digest


@pytest.fixture(scope="session")
def raw_digests() -> RawDigests:
    """Return a function that digests each raw table without what arrival decides."""

    def digests(raw: Path) -> Digests:
        found = {}
        with duckdb.connect() as connection:
            for table in sorted(SCHEMAS.keys() - {LOAD_LOG, RUN}):
                names = [n for n in SCHEMAS[table].names if n not in _OF_ARRIVAL]
                columns = ", ".join(f'"{name}"' for name in names)
                rows = f"select {columns} from '{raw / table}/*.parquet'"
                found[table] = digest(connection, rows)
        return found

    return digests


@pytest.fixture(scope="session")
def run_on() -> RunOn:
    """Return a function that runs `chartgap run` on a landing folder."""

    def run(landing: Path, data: Path, *arguments: str) -> Ran:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(os.environ, "CHARTGAP_DATA_DIR", str(data))
            command = ["run", "--landing", str(landing), *arguments]
            result = CliRunner().invoke(app, command)
        assert "Traceback" not in result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return Ran(result.exit_code, result.output, data)

    return run


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(prepare_manifest().read_text("utf-8"))
    return found


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres(free_ports(1)[0]) as url:
        yield url


@pytest.fixture
def url(server: str, request: pytest.FixtureRequest) -> str:
    """Return the address of a database of its own."""
    name = re.sub(r"\W", "_", request.node.name)[:60].lower()
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database {name}")
    return f"{server}/{name}"


@pytest.fixture
def publish(
    tmp_path: Path, url: str, manifest: dict[str, Any]
) -> Callable[..., PostgresResult]:
    """Return a function that publishes rows."""

    def published(rows: Rows) -> PostgresResult:
        database = write_publication(tmp_path / "chartgap.duckdb", rows)
        return publish_to_postgres(database, url, manifest, tmp_path / "kept")

    return published
