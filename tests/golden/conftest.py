"""One way to run the command line in this process and look at what it published."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.raw import LOAD_LOG, RUN, SCHEMAS


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
