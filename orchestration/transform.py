"""The dbt project as Dagster assets; their keys are dagster-dbt's own.

The one module that reads at import: Dagster must know the models before anything
runs, so their manifest is read, and made first when it is missing or stale.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration import build, dbt_runner
from orchestration.failures import in_plain_words
from orchestration.resources import WAREHOUSE_POOL, Progress
from orchestration.settings import Settings

_SEARCH = "Finding what has changed"
_STEP = "Building the warehouse"


@dbt_assets(
    manifest=dbt_runner.prepare_manifest(),
    project=DbtProject(dbt_runner.DBT_DIR),
    name="build_warehouse",
    pool=WAREHOUSE_POOL,
)
def build_warehouse(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    progress: dg.ResourceParam[Progress],
) -> Iterator[Any]:
    """Run dbt on what Dagster selected; each model and test becomes an event."""
    params = get_updated_cli_invocation_params_for_context(
        context, {}, DagsterDbtTranslator()
    )
    total = len(context.selected_asset_keys) + len(context.selected_asset_check_keys)
    searched: list[str] = []
    messages: list[DbtCoreCliEventMessage] = []
    progress(_SEARCH, 0, None)

    def on_search(event: dict[str, Any]) -> None:
        searched.append(event["info"]["name"])
        progress(_SEARCH, len(searched), None)

    def on_node(event: dict[str, Any]) -> None:
        messages.append(DbtCoreCliEventMessage(event, {}))
        progress(_STEP, len(messages), total)

    problem: dbt_runner.DbtError | None = None
    try:
        reasons = build.build(settings, params.selection_args, on_node, on_search)
        context.log.info(
            f"Everything was built: {'; '.join(reasons)}"
            if reasons
            else "What has changed was built"
        )
    except dbt_runner.DbtError as error:
        problem = error
    for message in messages:
        yield from message.to_default_asset_events(
            params.manifest, params.dagster_dbt_translator, context
        )
    with in_plain_words(dbt_runner.DbtError):
        if problem:
            raise problem
