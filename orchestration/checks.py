"""Asset checks: what must hold before anything further right is built or published.

Turns balances and Great Expectations outcomes into Dagster check results. A failure
of severity error blocks what depends on the asset; a warning is shown. Results carry
counts and a query that lists keys, never values; they are kept in the log of checks.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg

from orchestration import check_log, evaluation, raw, validation
from orchestration.evaluation import Outcome
from orchestration.failures import in_plain_words
from orchestration.reconciliation import (
    NoIngestError,
    balance,
    last_ingest,
    rejects_by_reason,
)
from orchestration.resources import WAREHOUSE_POOL, Progress
from orchestration.settings import Settings
from orchestration.validation import Expectation, Suite, SuiteError

STEP = "Checking what came in"
_LOAD_LOG = dg.AssetKey(["raw", raw.LOAD_LOG])
_DATA_ENGINEERING = {"owner": "data_engineering"}
_REJECTS = dg.AssetKey(["raw", raw.REJECTS])


def asset_checks(
    suites: Sequence[Suite],
) -> list[dg.AssetChecksDefinition]:
    """Build every check that is not a dbt test from the suites that are declared."""
    feeds = [suite for suite in suites if suite.asset[0] == "raw"]
    marts = [suite for suite in suites if suite.asset[0] != "raw"]
    return [
        every_record_is_accounted_for,
        no_rejected_records,
        _feed_checks(feeds),
        _mart_checks(marts),
    ]


@dg.asset_check(
    asset=_LOAD_LOG,
    blocking=True,
    description="Received = loaded + duplicate + rejected, and raw holds as many.",
)
def every_record_is_accounted_for(
    settings: dg.ResourceParam[Settings],
) -> dg.AssetCheckResult:
    """Compare the load log of the last ingest with the rows in its files."""
    with in_plain_words(NoIngestError):
        found = balance(settings.raw_path, last_ingest(settings.raw_path))
    return dg.AssetCheckResult(
        passed=found.is_balanced,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            **_DATA_ENGINEERING,
            "runbook": "load-not-balanced",
            "failed": found.files_off,
            "files": found.files,
            "received": found.received,
            "loaded": found.loaded,
            "duplicate": found.duplicate,
            "rejected": found.rejected,
            "rows in raw": found.rows_found,
            "rejects in raw": found.rejects_found,
        },
    )


@dg.asset_check(
    asset=_REJECTS,
    description="Every record could be read; what could not is kept with its reason.",
)
def no_rejected_records(
    settings: dg.ResourceParam[Settings],
) -> dg.AssetCheckResult:
    """Count what the last ingest could not read, by reason code."""
    with in_plain_words(NoIngestError):
        ingest_id = last_ingest(settings.raw_path)
        rejects = rejects_by_reason(settings.raw_path, ingest_id)
    query = (
        "select left(file_id, 12) as file, position, reason_code, reason "  # noqa: S608
        f"from read_parquet('raw/rejects/{ingest_id}-*.parquet')"
    )
    return dg.AssetCheckResult(
        passed=not rejects,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            **_DATA_ENGINEERING,
            "runbook": "file-rejected",
            "failed": sum(item.places for item in rejects),
            "query": query,
            **{item.reason_code: item.places for item in rejects},
        },
    )


def _feed_checks(suites: Sequence[Suite]) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(
        name="validate_feeds",
        specs=[_spec(item) for suite in suites for item in suite.expectations],
        can_subset=True,
    )
    def validate_feeds(
        context: dg.AssetCheckExecutionContext,
        settings: dg.ResourceParam[Settings],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[dg.AssetCheckResult]:
        """Hold what the last ingest brought against each feed's suite."""
        with in_plain_words(NoIngestError):
            ingest_id = last_ingest(settings.raw_path)
        wanted = context.selected_asset_check_keys
        progress(STEP, 0, len(suites))
        for number, suite in enumerate(suites, start=1):
            with in_plain_words(SuiteError):
                outcomes = evaluation.validate_ingest(
                    suite, raw=settings.raw_path, ingest_id=ingest_id
                )
            _keep(settings, context, outcomes)
            yield from _results(outcomes, wanted)
            progress(STEP, number, len(suites))

    return validate_feeds


def _mart_checks(suites: Sequence[Suite]) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(
        name="validate_marts",
        specs=[_spec(item) for suite in suites for item in suite.expectations],
        can_subset=True,
        pool=WAREHOUSE_POOL,
    )
    def validate_marts(
        context: dg.AssetCheckExecutionContext,
        settings: dg.ResourceParam[Settings],
    ) -> Iterator[dg.AssetCheckResult]:
        """Hold the marts, as built, against their suites."""
        wanted = context.selected_asset_check_keys
        for suite in suites:
            with in_plain_words(SuiteError):
                outcomes = evaluation.validate_mart(
                    suite, warehouse=settings.warehouse_path
                )
            _keep(settings, context, outcomes)
            yield from _results(outcomes, wanted)

    return validate_marts


def _keep(
    settings: Settings,
    context: dg.AssetCheckExecutionContext,
    outcomes: Sequence[Outcome],
) -> None:
    """Put what was found into the log of checks, before Dagster may stop the run."""
    now = datetime.now(UTC).replace(tzinfo=None)
    check_log.record(settings.checks_path, context.run.run_id, now, outcomes)


def _spec(expectation: Expectation) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        expectation.id,
        asset=dg.AssetKey(expectation.asset),
        description=expectation.description,
        # A warning that cannot be evaluated is an error, so each of them may block.
        blocking=True,
        metadata={"severity": expectation.severity},
    )


def _results(
    outcomes: Sequence[Outcome], wanted: set[dg.AssetCheckKey]
) -> Iterator[dg.AssetCheckResult]:
    for outcome in outcomes:
        expectation = outcome.expectation
        key = dg.AssetCheckKey(dg.AssetKey(expectation.asset), expectation.id)
        if key in wanted:
            yield _result(outcome)


def _result(outcome: Outcome) -> dg.AssetCheckResult:
    expectation = outcome.expectation
    metadata: dict[str, str | int] = {
        "owner": expectation.owner,
        "runbook": expectation.runbook,
        "rows": outcome.evaluated_count,
        "query": expectation.first_look,
    }
    if outcome.failed_count is not None:
        metadata["failed"] = outcome.failed_count
    is_error = outcome.severity == validation.ERROR
    return dg.AssetCheckResult(
        passed=outcome.passed,
        asset_key=dg.AssetKey(expectation.asset),
        check_name=expectation.id,
        severity=(
            dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN
        ),
        description=outcome.note,
        metadata=metadata,
    )
