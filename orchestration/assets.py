"""The assets that dbt does not make: the raw tables and what is published.

Thin: they call `ingest` and `publish` and report counts. Metadata never holds a
file name, a path or a value of a record.
"""

from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from orchestration import raw
from orchestration.as_of import AsOfError, read_as_of
from orchestration.failures import in_plain_words
from orchestration.ingest import IngestProgress, ingest
from orchestration.publish import PublishError, publish
from orchestration.raw_store import IngestError
from orchestration.resources import Progress
from orchestration.settings import Settings

INGEST_OP = "ingest_landing"
READING = "Reading files"
PUBLISHING = "Publishing"
PUBLISHED_DATABASE = dg.AssetKey(["published", "database"])
PUBLISHED_PAGE = dg.AssetKey(["published", "page"])

landing_files = dg.AssetSpec(
    "landing_files",
    description="What senders put into the landing folder; read only.",
    group_name="raw",
)


class RefreshConfig(dg.Config):
    """What a run can be asked for."""

    as_of: str | None = Field(
        default=None,
        description="ISO time that ages and stages are for; now when none is given.",
    )


@dg.multi_asset(
    name=INGEST_OP,
    specs=[
        dg.AssetSpec(
            ["raw", table], deps=[landing_files], group_name="raw", kinds={"parquet"}
        )
        for table in raw.SCHEMAS
    ],
)
def ingest_landing(
    config: RefreshConfig,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
    """Read every new file of the landing folder into the raw tables, exactly once."""

    def tell(reached: IngestProgress) -> None:
        progress(READING, reached.bytes_done, reached.bytes_total)

    with in_plain_words(IngestError, AsOfError):
        result = ingest(
            settings.landing_path,
            settings.raw_path,
            as_of=read_as_of(config.as_of),
            hash_key=settings.hash_key.get_secret_value(),
            on_progress=tell,
        )
    totals = {
        "files": result.total.files,
        "received": result.total.received,
        "loaded": result.total.loaded,
        "duplicate": result.total.duplicate,
        "rejected": result.total.rejected,
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

    @dg.multi_asset(name="publish_marts", specs=specs)
    def publish_marts(
        settings: dg.ResourceParam[Settings], progress: dg.ResourceParam[Progress]
    ) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]
        """Replace what readers open, as a whole."""
        progress(PUBLISHING, 0, 1)
        with in_plain_words(PublishError):
            result = publish(settings.warehouse_path, settings.published_path)
        progress(PUBLISHING, 1, 1)
        yield dg.MaterializeResult(
            asset_key=PUBLISHED_DATABASE,
            metadata={"tables": result.table_count, "rows": result.row_count},
        )
        yield dg.MaterializeResult(asset_key=PUBLISHED_PAGE)

    return publish_marts
