"""The linters and the type checker as tests, so that `make test` is the one gate."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT_DIR = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("ruff check", id="python_has_no_lint"),
        pytest.param("ruff format --check", id="python_is_formatted"),
        pytest.param("mypy", id="python_types_hold"),
        pytest.param("sqlfluff lint models tests/dbt", id="sql_has_no_lint"),
    ],
)
def test_linters_find_nothing(command: str) -> None:
    """What a linter can say is never said in a review."""
    program, *arguments = command.split()

    result = subprocess.run(
        [TOOLS / program, *arguments],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
