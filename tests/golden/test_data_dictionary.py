"""The examples of the data dictionary, run, stand in the canonical layer as written."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.feeds import FEEDS

PROJECT_DIR = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"^## (\w+)$.*?^```csv\n(.+?)^```$", re.DOTALL | re.MULTILINE)
TIME = re.compile(r"\d{4}-\d\d-\d\d(T.+)?")
AMOUNT = re.compile(r"-?\d+\.\d+")
# The columns of a feed whose canonical name says more; none where the column
# becomes rows of another model, or the time of recording.
RENAMED: dict[str, dict[str, str | None]] = {
    "appointments": {"status": "appointment_status", "updated_at": "recorded_at"},
    "claim_statuses": {},
    "coding": {"status": "coding_status", "updated_at": "recorded_at"},
    "coverages": {
        "starts_on": "starts_at",
        "ends_on": "ends_at",
        "updated_at": "recorded_at",
    },
    "holds": {},
    "queries": {"updated_at": "recorded_at"},
    "remittances": {"adjustments": None, "remarks": None},
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Warehouse:
    """What was built from the examples, and the text of each."""

    connection: duckdb.DuckDBPyConnection
    examples: dict[str, str]

    def rows(self, query: str) -> list[Row]:
        """Return the rows of a query by column name."""
        found = self.connection.execute(query)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def example(self, feed: str) -> dict[str, str]:
        """Return the only row of an example by column name."""
        (row,) = csv.DictReader(io.StringIO(self.examples[feed]))
        return row

    def canonical(self, feed: str) -> Row:
        """Return the only row of a canonical model."""
        (row,) = self.rows(f"from intermediate.int_{feed}")
        return row


@pytest.fixture(scope="module")
def warehouse(
    tmp_path_factory: pytest.TempPathFactory, run_on: Any
) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("dictionary")
    (folder / "landing").mkdir()
    text = (PROJECT_DIR / "docs" / "data-dictionary.md").read_text("utf-8")
    examples = dict(EXAMPLE.findall(text))
    for feed, example in examples.items():
        (folder / "landing" / f"{feed}.csv").write_bytes(example.encode())
    ran = run_on(folder / "landing", folder / "data")
    assert ran.code == 0, ran.output
    database = str(ran.data / "warehouse.duckdb")
    with duckdb.connect(database, read_only=True) as connection:
        yield Warehouse(connection, examples)


def meaning_of(text: str) -> Any:
    """Return what a text of an example means: UTC time, amount, text or nothing."""
    if TIME.fullmatch(text):
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
    return Decimal(text) if AMOUNT.fullmatch(text) else text or None


def precision_of(text: str) -> str | None:
    """Return how precise a time of an example is."""
    if not text:
        return None
    return "instant" if "T" in text else "day"


def test_every_feed_of_the_document_is_loaded(warehouse: Warehouse) -> None:
    assert set(warehouse.examples) == set(FEEDS)
    for feed in FEEDS:
        assert len(warehouse.rows(f"from raw.{feed}")) == 1


@pytest.mark.parametrize("feed", RENAMED)
def test_an_example_is_one_canonical_row_with_its_values(
    warehouse: Warehouse, feed: str
) -> None:
    example, canonical = warehouse.example(feed), warehouse.canonical(feed)
    names = {column: RENAMED[feed].get(column, column) for column in example}

    assert {names[column]: meaning_of(example[column]) for column in example} == {
        name: canonical.get(name or "") for name in names.values()
    }


@pytest.mark.parametrize("feed", RENAMED)
def test_a_canonical_row_tells_how_well_each_time_is_known(
    warehouse: Warehouse, feed: str
) -> None:
    example, canonical = warehouse.example(feed), warehouse.canonical(feed)
    told = {
        RENAMED[feed].get(column, column): precision_of(text)
        for column, text in example.items()
        if column.endswith(("_at", "_on")) and column != "updated_at"
    }

    assert told
    for name, precision in told.items():
        assert canonical[f"{name}_precision"] == precision
        grade = canonical.get(f"{name}_grade", "A" if precision else "U")
        assert grade == ("A" if precision else "U")


@pytest.mark.parametrize("feed", RENAMED)
def test_a_canonical_row_names_the_file_and_row_it_came_from(
    warehouse: Warehouse, feed: str
) -> None:
    canonical = warehouse.canonical(feed)
    file_id = hashlib.sha256(warehouse.examples[feed].encode()).hexdigest()

    assert canonical["data_source"] == "default"
    assert canonical["source_file_id"] == file_id
    assert canonical["source_position"] == 1
    assert canonical["recorded_at"] <= canonical["loaded_at"]


def test_the_adjustments_and_remarks_of_the_example_are_rows(
    warehouse: Warehouse,
) -> None:
    example = warehouse.example("remittances")
    adjustments = warehouse.rows(
        "select group_code || ':' || reason_code || ':' || amount as text"
        " from staging.stg_csv__remittance_adjustments order by triple_number"
    )
    remarks = warehouse.rows(
        "select remark_code as text from staging.stg_csv__remittance_remarks"
    )

    assert ";".join(row["text"] for row in adjustments) == example["adjustments"]
    assert ";".join(row["text"] for row in remarks) == example["remarks"]


def test_the_examples_tell_of_one_visit_and_its_claim(warehouse: Warehouse) -> None:
    """A reader follows one encounter from booking to payment."""
    (visit,) = warehouse.rows("from marts.fct_encounters")
    of_a_visit = ("appointments", "coding", "holds", "queries")
    keys = {warehouse.canonical(feed)["encounter_key"] for feed in of_a_visit}
    answer = warehouse.canonical("claim_statuses")
    remittance = warehouse.canonical("remittances")

    assert keys == {visit["encounter_key"]}
    assert answer["patient_control_number"] == remittance["patient_control_number"]
    assert answer["claim_answer"] == "accepted"
    assert visit["first_paid_at"] == remittance["paid_at"]
