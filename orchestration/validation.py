"""What Great Expectations suites declare, and what Great Expectations says of rows.

Holds the reading of `expectations/*.json` and the judgement of a few rows. The only
module that imports great_expectations, and only inside functions: the import takes
seconds. It leaves out counting, which is `evaluation`, and what a failure blocks,
which is `checks`.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.expectation_sql import Rule, UnknownKindError, rule_of

if TYPE_CHECKING:
    import pandas as pd

EXPECTATIONS_DIR = Path(__file__).resolve().parent.parent / "expectations"
ERROR = "error"
WARNING = "warning"

# Great Expectations' words for how bad a failure is, and ours.
_SEVERITIES = {"critical": ERROR, "warning": WARNING}


class SuiteError(ValueError):
    """A suite file does not say what it should; the file must be corrected."""


@dataclass(frozen=True)
class Expectation:
    """One declared expectation; its id is a sentence that is true when it is met.

    `description`, `first_look`, `remedy` and `owner` are what the runbook says of it
    under the heading `runbook`.
    """

    id: str
    suite: str
    asset: tuple[str, ...]
    description: str
    first_look: str
    remedy: str
    severity: str
    owner: str
    runbook: str
    rule: Rule


@dataclass(frozen=True)
class Suite:
    """One suite file: the asset it is about and the rows it looks at.

    `columns` are those that the expectations name, each with the SQL that reads it;
    `key` are the columns by which a row is known.
    """

    name: str
    asset: tuple[str, ...]
    key: tuple[str, ...]
    columns: Mapping[str, str]
    expectations: tuple[Expectation, ...]
    definition: Mapping[str, Any]


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
        meta = definition["meta"]
        asset = tuple(meta["asset"].split("/"))
        expectations = tuple(
            _expectation(entry, definition["name"], asset)
            for entry in definition["expectations"]
        )
        return Suite(
            name=definition["name"],
            asset=asset,
            key=("_file_id", "_position") if asset[0] == "raw" else tuple(meta["key"]),
            columns=_columns(expectations, meta.get("columns", {})),
            expectations=expectations,
            definition=definition,
        )
    except (KeyError, TypeError, AttributeError) as error:
        name = definition.get("name", "suite")
        raise SuiteError(f"{name}: missing or unreadable field: {error}") from None


def _expectation(
    entry: Mapping[str, Any], suite: str, asset: tuple[str, ...]
) -> Expectation:
    meta = entry["meta"]
    try:
        rule = rule_of(entry["type"], entry["kwargs"])
    except UnknownKindError as error:
        raise SuiteError(f"{suite}: {meta['id']} not understood: {error}") from None
    return Expectation(
        id=meta["id"],
        suite=suite,
        asset=asset,
        description=entry["description"],
        first_look=meta["first_look"],
        remedy=meta["remedy"],
        severity=_SEVERITIES[entry["severity"]],
        owner=meta["owner"],
        runbook=meta["runbook"],
        rule=rule,
    )


def _columns(
    expectations: tuple[Expectation, ...], computed: Mapping[str, str]
) -> Mapping[str, str]:
    """Return the SQL of each column: the suite's own, else trimmed as staging does."""
    names = dict.fromkeys(name for item in expectations for name in item.rule.reads)
    return {
        name: computed.get(name, f"nullif(trim(cast({name} as varchar)), '')")
        for name in names
    }


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


def judge(suite: Suite, rows: "pd.DataFrame") -> dict[str, bool | None]:
    """Return whether each expectation is met by a few rows, None where it raised.

    Raises SuiteError when the suite itself is wrong.
    """
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
        .get_batch({"dataframe": rows})
    )
    # Its other formats carry the failing values.
    result = batch.validate(loaded, result_format={"result_format": "BOOLEAN_ONLY"})
    return {
        entry.expectation_config.meta["id"]: (
            None if _raised(entry.exception_info) else bool(entry.success)
        )
        for entry in result.results
    }


def _raised(exception_info: Mapping[str, Any] | None) -> bool:
    """Whether the evaluation raised: the info is flat, or one entry per metric."""
    info = exception_info or {}
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(entry.get("raised_exception") for entry in info.values())
