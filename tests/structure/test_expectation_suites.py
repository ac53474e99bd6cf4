"""Every suite says who acts on a failure, where it is explained and which keys fail."""

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration import check_log, raw
from orchestration.validation import Suite, load_suite, read_suites

PROJECT_DIR = Path(__file__).resolve().parents[2]
SUITES = read_suites()
EXPECTATIONS = [
    pytest.param(suite, expectation, id=f"{suite.name}-{expectation.id}")
    for suite in SUITES
    for expectation in suite.expectations
]
FEEDS = {
    "fhir_resources",
    "x12_segments",
    "encounters",
    "documents",
    "charges",
    "claims",
    "providers",
    "facilities",
    "payers",
    "appointments",
    "coding",
    "queries",
    "holds",
    "coverages",
    "claim_statuses",
    "remittances",
}
OWNERS = {"data_engineering", "provider", "supervising_provider", "biller"}
OWNERS |= {"charge_entry", "coder", "front_desk"}
# What a query may show: our own ids and positions, never what a record says.
KEYS = {"file_id", "position", "record_key"}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], str]:
    """Make every raw table and mart empty; how a query names their rows, by asset."""
    folder = tmp_path_factory.mktemp("raw")
    raw.write_empty_tables(folder)
    shown = {
        ("raw", table): f"read_parquet('{folder / table / '_schema.parquet'}')"
        for table in raw.SCHEMAS
    }
    for suite in SUITES:
        if suite.asset[0] != "raw":
            shown[suite.asset] = empty_mart(suite.asset[-1])
    return shown


def empty_mart(name: str) -> str:
    (file,) = (PROJECT_DIR / "models").rglob(f"{name}.yml")
    (model,) = yaml.safe_load(file.read_text())["models"]
    columns = ", ".join(
        f"cast(null as {column['data_type']}) as {column['name']}"
        for column in model["columns"]
    )
    return f"(select {columns} where false)"


def test_every_feed_and_the_documentation_have_a_suite():
    assert {suite.name for suite in SUITES} == FEEDS | {"documentation"}


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_as_many_expectations_are_loaded_as_are_declared(suite: Suite):
    """Great Expectations drops what it does not know, and nothing fails then."""
    loaded = load_suite(suite)

    assert len(loaded.expectations) == len(suite.definition["expectations"]) > 0


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_suite_is_about_a_table_that_exists(suite: Suite, rows):
    assert suite.asset in rows
    assert suite.asset[0] != "raw" or suite.asset[-1] == suite.name


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_suite_reads_only_columns_that_exist(suite: Suite, rows):
    columns = ", ".join(suite.columns.values())

    duckdb.sql(f"select {columns} from {rows[suite.asset]}")


@pytest.mark.parametrize(("suite", "expectation"), EXPECTATIONS)
def test_an_expectation_has_severity_owner_and_a_sentence_for_a_name(
    suite, expectation
):
    assert expectation.severity in {"error", "warning"}
    assert expectation.owner in OWNERS
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){2,}", expectation.id)
    assert expectation.description.endswith(".")


@pytest.mark.parametrize(("suite", "expectation"), EXPECTATIONS)
def test_an_expectation_names_a_heading_of_the_runbook(suite, expectation):
    runbook = (PROJECT_DIR / "docs" / "runbook.md").read_text()

    assert re.search(rf"^#+ {re.escape(expectation.runbook)}$", runbook, re.MULTILINE)


@pytest.mark.parametrize(("suite", "expectation"), EXPECTATIONS)
def test_an_expectation_says_what_to_do(suite, expectation):
    assert expectation.remedy.endswith(".")
    assert expectation.description != expectation.remedy


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Return a warehouse that shows each expectation as failed once."""
    folder = tmp_path_factory.mktemp("checks")
    check_log.write_empty(folder)
    connection = duckdb.connect()
    connection.execute("create schema ops")
    connection.execute(
        f"create table ops.expectation_failures as from '{folder}/failures/*.parquet'"
    )
    connection.executemany(
        "insert into ops.expectation_failures (suite, expectation) values (?, ?)",
        [(suite.name, item.id) for suite in SUITES for item in suite.expectations],
    )
    return connection


@pytest.mark.parametrize(("suite", "expectation"), EXPECTATIONS)
def test_the_first_look_lists_the_keys_of_this_expectation_only(
    suite, expectation, failures
):
    found = failures.execute(expectation.first_look)

    assert {column[0] for column in found.description} <= KEYS
    assert len(found.fetchall()) == 1


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_row_is_known_by_columns_that_exist(suite: Suite, rows):
    duckdb.sql(f"select {', '.join(suite.key)} from {rows[suite.asset]}")
