"""How many rows meet each expectation of a suite, and which do not.

DuckDB counts all rows; Great Expectations judges a few of them, some that fail and
some that do not, and both must say the same. What cannot be evaluated, or is judged
differently, has failed with severity error. Outcomes carry counts and keys of our
own, never values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from orchestration.expectation_sql import Rule, quoted
from orchestration.validation import ERROR, Expectation, Suite, judge

if TYPE_CHECKING:
    import pandas as pd

MET = "met"
NOT_MET = "not met"
NOTHING_NEW = "nothing new"
NOT_EVALUATED = "could not be evaluated; compare the suite with the table's columns"
DISAGREED = "Great Expectations and DuckDB disagree; compare the suite with its columns"

# So many rows that fail one expectation, and that fail none, are judged twice.
_JUDGED_TWICE = 50
# So many keys of one expectation are kept; its count is always complete.
MOST_KEYS = 10_000


@dataclass(frozen=True)
class Outcome:
    """One expectation on one set of rows; `keys` names failing rows, not all of many.

    `failed_count` is None where it could not be evaluated.
    """

    expectation: Expectation
    passed: bool
    severity: str
    evaluated_count: int
    failed_count: int | None
    note: str
    keys: tuple[tuple[object, ...], ...] = ()


@dataclass(frozen=True)
class _Counts:
    """How many rows or columns were judged, how many failed, and which."""

    judged: int
    failed: int
    keys: tuple[tuple[object, ...], ...] = ()


def validate_ingest(suite: Suite, *, raw: Path, ingest_id: str) -> tuple[Outcome, ...]:
    """Hold the raw rows that the ingest `ingest_id` brought in against the suite.

    Passes with the note 'nothing new' when it brought none. Raises SuiteError when
    the suite itself is wrong, duckdb.Error when the files cannot be read.
    """
    files = ingest_files(raw, suite.asset[-1], ingest_id)
    if not files:
        return tuple(_nothing_new(item) for item in suite.expectations)
    with duckdb.connect(":memory:") as connection:
        connection.read_parquet(
            [str(file) for file in files], union_by_name=True
        ).create_view("received")
        return validate(suite, connection, "received")


def validate_mart(suite: Suite, *, warehouse: Path) -> tuple[Outcome, ...]:
    """Hold a mart of the built warehouse against the suite; raises the same."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return validate(suite, connection, ".".join(suite.asset))


def ingest_files(raw: Path, table: str, ingest_id: str) -> list[Path]:
    """Return the Parquet files of one raw table that one ingest wrote, in order."""
    return sorted((raw / table).glob(f"{ingest_id}-*.parquet"))


def validate(
    suite: Suite, connection: duckdb.DuckDBPyConnection, table: str
) -> tuple[Outcome, ...]:
    """Hold the rows of `table` against the suite; raises SuiteError."""
    try:
        names = set(connection.table(table).columns)
        rows = _rows(suite, table)
        counts = _count(suite, connection, rows, names)
        sample = _sample(suite, connection, rows, names, counts)
    except duckdb.Error:
        # What DuckDB says may quote a value.
        return tuple(_not_evaluated(item, NOT_EVALUATED) for item in suite.expectations)
    if not len(sample):
        return tuple(_counted(item, counts[item.id]) for item in suite.expectations)
    verdicts = judge(suite, sample)
    return tuple(
        _outcome(item, counts[item.id], verdicts[item.id])
        for item in suite.expectations
    )


def _rows(suite: Suite, table: str) -> str:
    """Return a query of only what the expectations look at: raw rows are wide."""
    keys = [f"{name} as key_{n}" for n, name in enumerate(suite.key)]
    if suite.asset[0] != "raw":
        # A key that is there twice must not make one row of two.
        keys.append("rowid as key_row")
    columns = [f"{sql} as {quoted(name)}" for name, sql in suite.columns.items()]
    return f"select {', '.join([*keys, *columns])} from {table}"  # noqa: S608


def _count(
    suite: Suite, connection: duckdb.DuckDBPyConnection, rows: str, names: set[str]
) -> Mapping[str, _Counts]:
    """Count all conditions in one pass over the rows, and what must be unique."""
    counted = ["count(*)"]
    for item in suite.expectations:
        for condition in (item.rule.judged, item.rule.failed):
            counted.append(f"count(*) filter (where {condition})")
    query = f"select {', '.join(counted)} from ({rows})"  # noqa: S608
    _, *numbers = connection.execute(query).fetchone() or (0,)
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    found = {}
    for item, (judged, failed) in zip(suite.expectations, pairs, strict=True):
        if item.rule.present:
            missing = len(set(item.rule.present) - names)
            found[item.id] = _Counts(len(item.rule.present), missing)
            continue
        if item.rule.unique:
            failed = _repeated(item.rule, connection, rows)  # noqa: PLW2901
        keys = _keys(suite, item.rule, connection, rows) if failed else ()
        found[item.id] = _Counts(judged, failed, keys)
    return found


def _repeated(rule: Rule, connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    """Count the rows whose values stand in another row too.

    Where as many hashes are there as rows, none does; that takes a tenth of the time.
    """
    columns = ", ".join(quoted(name) for name in rule.unique)
    query = f"""
        select count(*) = count(distinct hash({columns})) from ({rows})
        where {rule.judged}
    """  # noqa: S608
    if (connection.execute(query).fetchone() or (True,))[0]:
        return 0
    query = f"""
        select coalesce(sum(row_count), 0)
        from (
            select count(*) as row_count from ({rows})
            where {rule.judged} group by {columns} having count(*) > 1
        )
    """  # noqa: S608
    return int((connection.execute(query).fetchone() or (0,))[0])


def _failing(rule: Rule, rows: str) -> str:
    """Return a query of the rows that fail."""
    if not rule.unique:
        return f"select * from ({rows}) where {rule.failed}"  # noqa: S608
    columns = ", ".join(quoted(name) for name in rule.unique)
    return f"""
        select * from ({rows}) where {rule.judged}
        qualify count(*) over (partition by {columns}) > 1
        order by {columns}
    """  # noqa: S608


def _keys(
    suite: Suite, rule: Rule, connection: duckdb.DuckDBPyConnection, rows: str
) -> tuple[tuple[object, ...], ...]:
    names = ", ".join(f"key_{number}" for number in range(len(suite.key)))
    query = f"select {names} from ({_failing(rule, rows)}) limit {MOST_KEYS}"  # noqa: S608
    return tuple(connection.execute(query).fetchall())


def _sample(
    suite: Suite,
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    names: set[str],
    counts: Mapping[str, _Counts],
) -> "pd.DataFrame":
    """Return some rows that fail each expectation and some that fail none."""
    rules = [item.rule for item in suite.expectations]
    broken = [i.rule for i in suite.expectations if counts[i.id].keys]
    none_fails = " and ".join(f"not coalesce({rule.failed}, false)" for rule in rules)
    parts = [f"select * from ({rows}) where {none_fails}"]  # noqa: S608
    parts += [_failing(rule, rows) for rule in broken]
    union = " union ".join(
        f"(select * from ({part}) limit {_JUDGED_TWICE})"  # noqa: S608
        for part in parts
    )
    present = {name for rule in rules for name in rule.present if name in names}
    columns = [quoted(name) for name in suite.columns]
    columns += [
        f"null as {quoted(name)}" for name in sorted(present - set(suite.columns))
    ]
    return connection.execute(f"select {', '.join(columns)} from ({union})").df()  # noqa: S608


def _outcome(item: Expectation, counts: _Counts, verdict: bool | None) -> Outcome:
    """Return what was counted, where Great Expectations says the same."""
    if verdict is None:
        return _not_evaluated(item, NOT_EVALUATED)
    counted = _counted(item, counts)
    return counted if counted.passed == verdict else _not_evaluated(item, DISAGREED)


def _counted(item: Expectation, counts: _Counts) -> Outcome:
    passed = counts.failed == 0
    return Outcome(
        expectation=item,
        passed=passed,
        severity=item.severity,
        evaluated_count=counts.judged,
        failed_count=counts.failed,
        note=MET if passed else NOT_MET,
        keys=counts.keys,
    )


def _not_evaluated(item: Expectation, note: str) -> Outcome:
    return Outcome(
        expectation=item,
        passed=False,
        severity=ERROR,
        evaluated_count=0,
        failed_count=None,
        note=note,
    )


def _nothing_new(item: Expectation) -> Outcome:
    return Outcome(
        expectation=item,
        passed=True,
        severity=item.severity,
        evaluated_count=0,
        failed_count=0,
        note=NOTHING_NEW,
    )
