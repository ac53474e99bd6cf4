"""Exposures of dbt name what reads the marts, and every mart that it reads."""

import re
from pathlib import Path

import pytest
import yaml

PROJECT_DIR = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT_DIR / "orchestration"
FILE = PROJECT_DIR / "models" / "marts" / "exposures.yml"
# Where each of them reads.
READERS = {
    "page": "page/*.py",
    "alerts": "alerts/*.py",
    "explain": "explain.py",
    "report_days": "report_day.py",
}
EXPOSURES = {
    found["name"]: {re.findall(r"'(\w+)'", one)[0] for one in found["depends_on"]}
    for found in yaml.safe_load(FILE.read_text("utf-8"))["exposures"]
}


def test_every_reader_of_the_marts_is_an_exposure() -> None:
    assert EXPOSURES.keys() == READERS.keys()


@pytest.mark.parametrize("name", READERS)
def test_an_exposure_depends_on_what_it_reads(name: str) -> None:
    read = {
        table
        for file in PACKAGE.glob(READERS[name])
        for table in re.findall(
            r"\b(?:marts|ops)\.((?:dim|fct|rpt)_\w+)", file.read_text("utf-8")
        )
    }
    assert read == EXPOSURES[name]
