"""The assets that dbt does not make: the raw tables and what is published.

Thin: they call `ingest` and `publish` and report counts. Metadata never holds a
file name, a path or a value of a record.
"""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from orchestration import raw
from orchestration.as_of import AsOfError, read_as_of
from orchestration.closes import ClosesError, keep_closes
from orchestration.extract.pull import Pulled, pull_all
from orchestration.failures import RETRIES, in_plain_words
from orchestration.ingest import IngestProgress, LandingNotFoundError, ingest
from orchestration.landing import wait_for_rest
from orchestration.publish import PublishError, publish
from orchestration.raw_store import IngestError
from orchestration.resources import WAREHOUSE_POOL, Progress
from orchestration.settings import Settings
from orchestration.sources import SourcesError, read_sources

INGEST_OP = "ingest_landing"
PULLING = "Pulling"
READING = "Reading files"
PUBLISHING = "Publishing"
LOAD_LOG = dg.AssetKey(["raw", raw.LOAD_LOG])
PUBLISHED_DATABASE = dg.AssetKey(["published", "database"])
PUBLISHED_PAGE = dg.AssetKey(["published", "page"])

landing_files = dg.AssetSpec(
    "landing_files",
    description="What senders put into the landing folder; read only.",
    group_name="raw",
)

PULLED_FILES = dg.AssetKey("pulled_files")
_EVERY_SOURCE_ANSWERED = "every_source_answered"


class RefreshConfig(dg.Config):
    """What a run can be asked for."""

    as_of: str | None = Field(
        default=None,
        description="ISO time that ages and stages are for; now when none is given.",
    )


@dg.multi_asset(
    name="pull_sources",
    specs=[
        dg.AssetSpec(
            PULLED_FILES,
            description="What databases and FHIR servers of sources.yml had new.",
            group_name="raw",
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(
            _EVERY_SOURCE_ANSWERED,
            asset=PULLED_FILES,
            description="Each database and server gave all that it was asked for.",
        )
    ],
    retry_policy=RETRIES,
)
def pull_sources(
    settings: dg.ResourceParam[Settings], progress: dg.ResourceParam[Progress]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
    """Land what is new in the databases and servers that sources.yml names."""
    with in_plain_words(final=(SourcesError,)):
        sources = read_sources(settings.sources_path)
    pulls = pull_all(
        sources,
        landing=settings.landing_path,
        state_folder=settings.extract_path,
        on_records=lambda label, count: progress(f"{PULLING} {label}", count, None),
    )
    pulled = list(pulls)
    totals = {
        "pulls": len(pulled),
        "files": sum(item.file_count for item in pulled),
        "records": sum(item.record_count for item in pulled),
    }
    yield dg.MaterializeResult(asset_key=PULLED_FILES, metadata=totals)
    yield _answered(pulled)


def _answered(pulled: list[Pulled]) -> dg.AssetCheckResult:
    """Warn of what could not be pulled; the rest of the run goes on without it."""
    problems = [item.problem for item in pulled if item.problem]
    return dg.AssetCheckResult(
        asset_key=PULLED_FILES,
        check_name=_EVERY_SOURCE_ANSWERED,
        passed=not problems,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "owner": "data_engineering",
            "runbook": "source-not-reached",
            "failed": len(problems),
            **({"problem": "; ".join(problems)} if problems else {}),
        },
    )


@dg.multi_asset(
    name=INGEST_OP,
    specs=[
        dg.AssetSpec(
            ["raw", table],
            deps=[landing_files, PULLED_FILES],
            group_name="raw",
            kinds={"parquet"},
        )
        for table in raw.SCHEMAS
    ],
    retry_policy=RETRIES,
    pool=WAREHOUSE_POOL,
)
def ingest_landing(
    config: RefreshConfig,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Read every new file of the landing folder into the raw tables, exactly once."""

    def tell(reached: IngestProgress) -> None:
        progress(READING, reached.bytes_done, reached.bytes_total)

    with in_plain_words(
        IngestError, final=(AsOfError, SourcesError, LandingNotFoundError)
    ):
        wait_for_rest(settings.landing_path, settings.settle_seconds)
        result = ingest(
            settings.landing_path,
            settings.raw_path,
            as_of=read_as_of(config.as_of),
            sources=read_sources(settings.sources_path),
            hash_key=settings.hash_key.get_secret_value(),
            on_progress=tell,
            settle_seconds=settings.settle_seconds,
            worker_count=settings.workers,
        )
    totals = {
        "files": result.total.files,
        "received": result.total.received,
        "loaded": result.total.loaded,
        "duplicate": result.total.duplicate,
        "rejected": result.total.rejected,
        "left for the next run": result.left_for_next_run,
        "passed over": result.passed_over,
    }
    for table in raw.SCHEMAS:
        metadata = totals if table == raw.LOAD_LOG else {}
        yield dg.MaterializeResult(asset_key=["raw", table], metadata=metadata)


def published_assets(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """Build the asset that publishes `marts`; it waits for them and their checks."""
    specs = [
        dg.AssetSpec(key, deps=marts, group_name="published", kinds={kind})
        for key, kind in ((PUBLISHED_DATABASE, "duckdb"), (PUBLISHED_PAGE, "html"))
    ]

    @dg.multi_asset(
        name="publish_marts",
        specs=specs,
        retry_policy=RETRIES,
        pool=WAREHOUSE_POOL,
    )
    def publish_marts(
        settings: dg.ResourceParam[Settings], progress: dg.ResourceParam[Progress]
    ) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        """Replace what readers open, as a whole."""
        progress(PUBLISHING, 0, 1)
        with in_plain_words(PublishError, ClosesError):
            result = publish(settings.warehouse_path, settings.published_path)
            # What readers see from now on is what was reported.
            kept = keep_closes(settings.warehouse_path, settings.closes_path)
        progress(PUBLISHING, 1, 1)
        yield dg.MaterializeResult(
            asset_key=PUBLISHED_DATABASE,
            metadata={
                "tables": result.table_count,
                "rows": result.row_count,
                "months closed": kept,
            },
        )
        yield dg.MaterializeResult(asset_key=PUBLISHED_PAGE)

    return publish_marts
