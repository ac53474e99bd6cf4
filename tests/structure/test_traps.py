"""docs/traps.md: every trap has a test that exists, or says why it has none."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

PROJECT_DIR = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (T\d\d) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
ROWS = dict(ROW.findall((PROJECT_DIR / "docs" / "traps.md").read_text("utf-8")))


@cache
def unit_tests() -> set[str]:
    """Return the names of all unit tests of models as `model.test`."""
    return {
        f"{test['model']}.{test['name']}"
        for file in (PROJECT_DIR / "models").rglob("*.yml")
        for test in (yaml.safe_load(file.read_text("utf-8")) or {}).get(
            "unit_tests", []
        )
    }


def exists(name: str, known: set[str]) -> bool:
    """Tell whether a test of SQL, or one of a file, is there."""
    if "::" not in name:
        return name in known
    path, _, function = name.partition("::")
    file = PROJECT_DIR / path
    return file.is_file() and f"def {function}(" in file.read_text("utf-8")


def test_every_trap_has_its_row() -> None:
    assert list(ROWS) == [f"T{number:02d}" for number in range(1, 71)]


@pytest.mark.parametrize("trap", sorted(ROWS))
def test_a_trap_names_tests_that_exist_or_a_reason(trap: str) -> None:
    named = re.findall(r"`([^`]+)`", ROWS[trap])
    if not named:
        assert re.fullmatch(r"not yet: .{20,}", ROWS[trap])
    known = unit_tests() if named else set()
    assert [name for name in named if not exists(name, known)] == []


def test_a_name_that_is_none_is_found() -> None:
    assert not exists("int_nothing.at_all", unit_tests())
    assert not exists("tests/unit/test_ingest.py::test_nothing_at_all", set())
