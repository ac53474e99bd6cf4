"""The copy of the publication in PostgreSQL as Dagster sees it.

Thin: `postgres.publication` does the work. Where no PostgreSQL is set up, nothing
happens and nothing is materialised.
"""

import json
from collections.abc import Iterator

import dagster as dg

from orchestration.assets import PUBLISHED_DATABASE
from orchestration.dbt_runner import prepare_manifest
from orchestration.failures import RETRIES, in_plain_words
from orchestration.postgres.publication import publish_to_postgres
from orchestration.postgres.refusals import PostgresError
from orchestration.publish import DATABASE_NAME
from orchestration.resources import Progress
from orchestration.settings import Settings

PUBLISHED_POSTGRES = dg.AssetKey(["published", "postgres"])
_LOADING = "Publishing to PostgreSQL"
_REFERENCES_KNOWN = "every_reference_is_known"


@dg.multi_asset(
    name="publish_postgres",
    specs=[
        dg.AssetSpec(
            PUBLISHED_POSTGRES,
            deps=[PUBLISHED_DATABASE],
            group_name="published",
            kinds={"postgresql"},
            description="The published tables in PostgreSQL, for BI tools.",
            skippable=True,
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(
            _REFERENCES_KNOWN,
            asset=PUBLISHED_POSTGRES,
            description="Every key that refers to another table is found there.",
        )
    ],
    retry_policy=RETRIES,
)
def publish_postgres(
    settings: dg.ResourceParam[Settings], progress: dg.ResourceParam[Progress]
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:  # type: ignore[type-arg]
    """Bring the last publication to PostgreSQL, all of it or nothing."""
    unknown: dict[str, int] = {}
    if settings.postgres_url is not None:
        manifest = json.loads(prepare_manifest().read_text("utf-8"))
        with in_plain_words(PostgresError):
            result = publish_to_postgres(
                settings.published_path / DATABASE_NAME,
                settings.postgres_url.get_secret_value(),
                manifest,
                settings.postgres_path,
                memory=settings.memory,
                on_table=lambda done, total: progress(_LOADING, done, total),
            )
        unknown = dict(result.unknown)
        yield dg.MaterializeResult(
            asset_key=PUBLISHED_POSTGRES,
            metadata={
                "tables": result.table_count,
                "rows brought": result.brought_count,
                "rows taken away": result.gone_count,
            },
        )
    yield dg.AssetCheckResult(
        asset_key=PUBLISHED_POSTGRES,
        check_name=_REFERENCES_KNOWN,
        passed=not unknown,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "owner": "data_engineering",
            "runbook": "reference-missing",
            "failed": sum(unknown.values()),
            **({"problem": ", ".join(sorted(unknown))} if unknown else {}),
        },
    )


publish_job = dg.define_asset_job(
    "publish_to_postgres",
    selection=dg.AssetSelection.assets(PUBLISHED_POSTGRES),
    executor_def=dg.in_process_executor,
    description="Bring the last publication to PostgreSQL once more.",
)
