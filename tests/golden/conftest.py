"""One way to run the command line in this process and look at what it published."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app


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
