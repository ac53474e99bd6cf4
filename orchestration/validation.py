"""What Great Expectations suites declare, and whether rows meet it.

Holds the reading of `expectations/*.json` and their evaluation on the rows of one
ingest or of one mart. The only module that imports great_expectations, and only
inside functions: the import takes seconds. It leaves out Dagster and what a failure
blocks; that is `checks`. Outcomes carry counts and queries, never values.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    import pandas as pd

EXPECTATIONS_DIR = Path(__file__).resolve().parent.parent / "expectations"
ERROR = "error"
WARNING = "warning"

# Great Expectations' words for how bad a failure is, and ours.
_SEVERITIES = {"critical": ERROR, "warning": WARNING}
_COLUMN_KWARGS = ("column", "column_A", "column_B")
_COLUMN_LIST_KWARGS = ("column_list", "column_set")


class SuiteError(ValueError):
    """A suite file does not say what it should; the file must be corrected."""


@dataclass(frozen=True)
class Expectation:
    """One declared expectation; its id is a sentence that is true when it is met."""

    id: str
    asset: tuple[str, ...]
    description: str
    severity: str
    owner: str
    runbook: str
    query: str


@dataclass(frozen=True)
class Suite:
    """One suite file: the asset it is about and the rows it looks at.

    `columns` are those that the expectations name, each with the SQL that reads it.
    """

    name: str
    asset: tuple[str, ...]
    columns: Mapping[str, str]
    expectations: tuple[Expectation, ...]
    definition: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """One expectation on one set of rows.

    `failed_count` is None where the expectation does not count rows. `query` lists
    the keys of the failing rows when run in the data folder.
    """

    expectation: Expectation
    passed: bool
    severity: str
    row_count: int
    failed_count: int | None
    note: str
    query: str


def read_suites(folder: Path = EXPECTATIONS_DIR) -> tuple[Suite, ...]:
    """Every suite in `folder`, by name; raises SuiteError on a missing field."""
    return tuple(read_suite(path) for path in sorted(folder.glob("*.json")))


def read_suite(path: Path) -> Suite:
    """Read one suite file; raises SuiteError when it is not JSON or lacks a field."""
    try:
        return suite_from(json.loads(path.read_text(encoding="utf-8")))
    except json.JSONDecodeError as error:
        raise SuiteError(f"{path.name}: not JSON at line {error.lineno}") from None


def suite_from(definition: Mapping[str, Any]) -> Suite:
    """Build a suite from its JSON; raises SuiteError when a field is missing."""
    try:
        asset = tuple(definition["meta"]["asset"].split("/"))
        declared = definition["expectations"]
        return Suite(
            name=definition["name"],
            asset=asset,
            columns=_columns(declared, definition["meta"].get("columns", {})),
            expectations=tuple(_expectation(entry, asset) for entry in declared),
            definition=definition,
        )
    except (KeyError, TypeError, AttributeError) as error:
        name = definition.get("name", "suite")
        raise SuiteError(f"{name}: missing or unreadable field: {error}") from None


def _expectation(entry: Mapping[str, Any], asset: tuple[str, ...]) -> Expectation:
    meta = entry["meta"]
    return Expectation(
        id=meta["id"],
        asset=asset,
        description=entry["description"],
        severity=_SEVERITIES[entry["severity"]],
        owner=meta["owner"],
        runbook=meta["runbook"],
        query=meta["query"],
    )


def _columns(
    declared: list[Mapping[str, Any]], computed: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the SQL of each column: the suite's own, else trimmed as staging does."""
    names: dict[str, None] = {}
    for entry in declared:
        kwargs = entry["kwargs"]
        names.update((kwargs[key], None) for key in _COLUMN_KWARGS if key in kwargs)
        for key in _COLUMN_LIST_KWARGS:
            names.update(dict.fromkeys(kwargs.get(key, ())))
    return {
        name: computed.get(name, f"nullif(trim(cast({name} as varchar)), '')")
        for name in names
    }


def validate_ingest(suite: Suite, *, raw: Path, ingest_id: str) -> tuple[Outcome, ...]:
    """Hold the raw rows that the ingest `ingest_id` brought in against the suite.

    Passes with the note 'nothing new' when it brought none. Raises SuiteError when
    the suite itself is wrong, duckdb.Error when the files cannot be read.
    """
    files = ingest_files(raw, suite.asset[-1], ingest_id)
    pattern = f"raw/{suite.asset[-1]}/{ingest_id}-*.parquet"
    shown = f"read_parquet('{pattern}', union_by_name = true)"
    if not files:
        return _nothing_new(suite, shown)
    with duckdb.connect(":memory:") as connection:
        rows = connection.read_parquet(
            [str(file) for file in files], union_by_name=True
        )
        frame = rows.query("raw_rows", _select(suite, "raw_rows")).df()
    return validate(suite, frame, shown=shown)


def validate_mart(suite: Suite, *, warehouse: Path) -> tuple[Outcome, ...]:
    """Hold a mart of the built warehouse against the suite; raises the same."""
    mart = ".".join(suite.asset)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        frame = connection.execute(_select(suite, mart)).df()
    return validate(suite, frame, shown=mart)


def ingest_files(raw: Path, table: str, ingest_id: str) -> list[Path]:
    """Return the Parquet files of one raw table that one ingest wrote, in order."""
    return sorted((raw / table).glob(f"{ingest_id}-*.parquet"))


def _select(suite: Suite, rows: str) -> str:
    """Only what the expectations look at: raw rows are wide."""
    columns = ", ".join(f"{sql} as {name}" for name, sql in suite.columns.items())
    return f"select {columns} from {rows}"  # noqa: S608 - from our own suite files


def validate(suite: Suite, frame: "pd.DataFrame", *, shown: str) -> tuple[Outcome, ...]:
    """Hold `frame` against the suite; `shown` is how queries name the rows.

    An expectation that cannot be evaluated has failed, with severity error.
    """
    results = _evaluate(suite, frame)
    return tuple(
        _outcome(expectation, results[expectation.id], len(frame), shown)
        for expectation in suite.expectations
    )


def load_suite(suite: Suite) -> Any:  # noqa: ANN401 - its type needs the import
    """Return the suite as Great Expectations' own object.

    Great Expectations drops an expectation that it does not know and lets an empty
    suite pass, so as many must be loaded as are declared. Raises SuiteError.
    """
    import great_expectations as gx  # noqa: PLC0415 - takes seconds

    # It would log a traceback for each expectation that it drops.
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)
    declared = [expectation.id for expectation in suite.expectations]
    if not declared or len(set(declared)) < len(declared):
        raise SuiteError(f"{suite.name}: no expectation, or an id that is used twice")
    try:
        loaded = gx.ExpectationSuite(
            name=suite.name, expectations=list(suite.definition["expectations"])
        )
    except (ValueError, TypeError) as error:
        raise SuiteError(f"{suite.name}: not understood: {error}") from None
    known = {(expectation.meta or {})["id"] for expectation in loaded.expectations}
    if unknown := sorted(set(declared) - known):
        raise SuiteError(f"{suite.name}: not understood: {', '.join(unknown)}")
    return loaded


def _evaluate(suite: Suite, frame: "pd.DataFrame") -> dict[str, Any]:
    """Return Great Expectations' result for each expectation id."""
    import great_expectations as gx  # noqa: PLC0415 - takes seconds
    from great_expectations.data_context.types.base import (  # noqa: PLC0415
        ProgressBarsConfig,
    )

    loaded = load_suite(suite)
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = (
        context.data_sources.add_pandas("rows")
        .add_dataframe_asset(suite.name)
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": frame})
    )
    result = batch.validate(
        loaded,
        # Counts only: its other formats carry the failing values.
        result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
    )
    return {entry.expectation_config.meta["id"]: entry for entry in result.results}


def _outcome(
    expectation: Expectation,
    result: Any,  # noqa: ANN401 - Great Expectations' result object
    row_count: int,
    shown: str,
) -> Outcome:
    broken = _raised(result.exception_info)
    failed = result.result.get("unexpected_count")
    note = "met" if result.success else "not met"
    if broken:
        note = "could not be evaluated; compare the suite with the table's columns"
    return Outcome(
        expectation=expectation,
        passed=bool(result.success) and not broken,
        severity=ERROR if broken else expectation.severity,
        row_count=row_count,
        failed_count=None if broken or failed is None else int(failed),
        note=note,
        query=expectation.query.replace("{rows}", shown),
    )


def _raised(exception_info: Mapping[str, Any] | None) -> bool:
    """Whether the evaluation raised: the info is flat, or one entry per metric."""
    info = exception_info or {}
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(entry.get("raised_exception") for entry in info.values())


def _nothing_new(suite: Suite, shown: str) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(
            expectation=expectation,
            passed=True,
            severity=expectation.severity,
            row_count=0,
            failed_count=0,
            note="nothing new",
            query=expectation.query.replace("{rows}", shown),
        )
        for expectation in suite.expectations
    )
