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
# Synthea's files are kept and no model reads them; see test_synthea_is_read_by_none.
FEED_TABLES = {table for table in raw.LOADED_TABLES if not table.startswith("synthea_")}
# Lists of days and codes, and counts of what has a suite of its own.
WITHOUT_SUITE = {
    "rpt_summary_work",
    "rpt_summary_weeks",
    "rpt_summary_signals",
    "rpt_summary_money",
    "rpt_bottleneck_sums",
    "dim_blockers",
    "dim_dates",
    "dim_requirements",
    "fct_alerts",
    "fct_encounter_lags",
    "fct_expectation_failures",
    "fct_expectation_results",
    "fct_file_loads",
    "rpt_coverage_calendar",
    "rpt_feed_signals",
    "rpt_group_names",
    "rpt_lag_curves",
    "rpt_lag_figures",
    "rpt_lag_steps",
    "rpt_month_ages",
    "rpt_month_projections",
    "rpt_open_exceptions",
    "rpt_ops_alerts",
    "rpt_provider_elements",
    "rpt_provider_weeks",
    "rpt_record_types",
    "rpt_requirement_outcomes",
    "rpt_pattern_chances",
    "rpt_pattern_counts",
    "rpt_pattern_tests",
    "rpt_signal_limits",
    "rpt_signal_points",
    "rpt_stage_counts",
    "rpt_work_signals",
}
OWNERS = {"data_engineering", "provider", "supervising_provider", "biller"}
OWNERS |= {"charge_entry", "coder", "front_desk"}
# What a query may show: our own ids and positions, never what a record says.
KEYS = {"file_id", "position", "record_key"}


MARTS = {path.stem: path for path in (PROJECT_DIR / "models" / "marts").rglob("*.sql")}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Return a warehouse with every raw table and mart, all of them empty."""
    folder = tmp_path_factory.mktemp("raw")
    raw.write_empty_tables(folder)
    connection = duckdb.connect()
    for schema in ("raw", "marts", "ops"):
        connection.execute(f"create schema {schema}")
    for table in raw.SCHEMAS:
        file = folder / table / "_schema.parquet"
        connection.execute(f"create table raw.{table} as from '{file}'")
    for name, path in MARTS.items():
        (model,) = yaml.safe_load(path.with_suffix(".yml").read_text())["models"]
        columns = ", ".join(f"{c['name']} {c['data_type']}" for c in model["columns"])
        connection.execute(f"create table marts.{name} ({columns})")
    return connection


def test_every_feed_and_every_mart_has_a_suite():
    tables = {suite.asset[-1] for suite in SUITES}

    assert tables == FEED_TABLES | (set(MARTS) - WITHOUT_SUITE)


def test_synthea_is_read_by_none():
    """A model that reads it needs a suite for what it reads."""
    staging = (PROJECT_DIR / "models" / "staging").rglob("*.sql")

    assert [path.name for path in staging if "synthea_" in path.read_text()] == []


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_as_many_expectations_are_loaded_as_are_declared(suite: Suite):
    """Great Expectations drops what it does not know, and nothing fails then."""
    loaded = load_suite(suite)

    assert len(loaded.expectations) == len(suite.definition["expectations"]) > 0


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_suite_reads_only_what_exists(suite: Suite, warehouse):
    columns = ", ".join([*suite.key, *suite.columns.values()])

    warehouse.execute(f"select {columns} from {'.'.join(suite.asset)}")


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_suite_names_every_column_of_its_table(suite: Suite, warehouse):
    (schema,) = [e.rule for e in suite.expectations if e.rule.present]

    table = warehouse.execute(f"from {'.'.join(suite.asset)}")
    assert set(schema.present) == {column[0] for column in table.description}


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
