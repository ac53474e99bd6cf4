"""The log of checks: what is kept of each run, and what is not."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from orchestration import check_log, evaluation, validation
from orchestration.evaluation import Outcome

DAY = datetime(2026, 3, 2, 7)
SUITES = {suite.name: suite for suite in validation.read_suites()}


def outcomes(suite: str, *keys: tuple[object, ...], note: str = "") -> list[Outcome]:
    """Return the first expectation of a suite, not met by rows of these keys."""
    return [
        Outcome(
            expectation=SUITES[suite].expectations[0],
            passed=not keys,
            severity="error",
            evaluated_count=5,
            failed_count=len(keys),
            note=note or (evaluation.NOT_MET if keys else evaluation.MET),
            keys=keys,
        )
    ]


@pytest.fixture
def checks(tmp_path: Path) -> Path:
    check_log.write_empty(tmp_path)
    return tmp_path


def kept(checks: Path, table: str, columns: str) -> list[tuple]:
    query = f"select {columns} from '{checks / table}/*.parquet' order by all"
    return duckdb.sql(query).fetchall()


def test_results_of_all_runs_are_kept(checks):
    check_log.record(checks, "one", DAY, outcomes("payers", ("f", 1)))
    check_log.record(checks, "two", DAY, outcomes("payers"))
    check_log.record(checks, "three", DAY.replace(day=3), outcomes("claims"))

    columns = "run_id, suite, evaluated_count, failed_count, is_met, outcome"
    assert kept(checks, "results", columns) == [
        ("one", "payers", 5, 1, False, "not met"),
        ("three", "claims", 5, 0, True, "met"),
        ("two", "payers", 5, 0, True, "met"),
    ]


def test_a_step_that_is_tried_again_counts_once(checks):
    for _ in range(2):
        check_log.record(checks, "one", DAY, outcomes("payers", ("f", 1)))
        check_log.record(checks, "one", DAY, outcomes("claims"))

    assert kept(checks, "results", "run_id, suite") == [
        ("one", "claims"),
        ("one", "payers"),
    ]


def test_failing_keys_are_those_of_the_last_rows_that_came(checks):
    check_log.record(checks, "one", DAY, outcomes("payers", ("f", 1)))
    check_log.record(checks, "two", DAY, outcomes("payers", ("g", 2), ("g", 3)))
    quiet = outcomes("payers", note=evaluation.NOTHING_NEW)
    check_log.record(checks, "three", DAY, quiet)

    assert kept(checks, "failures", "run_id, file_id, position") == [
        ("two", "g", 2),
        ("two", "g", 3),
    ]


def test_a_row_of_a_mart_is_known_by_its_own_key(checks):
    check_log.record(checks, "one", DAY, outcomes("documentation", ("e1", "r1")))

    assert kept(checks, "failures", "record_key, file_id, position") == [
        ("e1|r1", None, None)
    ]


def test_results_hold_counts_and_no_keys(checks):
    check_log.record(checks, "one", DAY, outcomes("documentation", ("e1", "r1")))

    assert "e1" not in str(kept(checks, "results", "*"))


def test_what_could_not_be_evaluated_has_no_count(checks):
    (item,) = outcomes("payers", ("f", 1))
    broken = replace(item, failed_count=None, note=evaluation.NOT_EVALUATED, keys=())
    check_log.record(checks, "one", DAY, [broken])

    assert kept(checks, "results", "failed_count, outcome") == [
        (None, "could not be evaluated")
    ]
