"""A build of the warehouse: of what has changed where that is known to be enough.

A build of changes takes three steps of dbt. It names the records that came
(`names`), builds for their patients what is counted over all patients (`news`), and
then builds for them, and for everybody whom those counts touch, all there is
(`changes`). The rows are those of a full build; where that is not sure, everything
is built. What has changed is found by macros (`gather_changes`, `last_build`); this
module knows only the order. See docs/decisions/0021.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from orchestration.dbt_runner import DbtError, run_command
from orchestration.settings import PROJECT_DIR, Settings

OnNode = Callable[[dict[str, Any]], None]

# dbt's selection of everything.
_ALL = "--select fqn:*"
_NARROWING = ("--select", "-s", "--models", "-m", "--exclude", "--selector")
# All but what is counted for leadership over all encounters; the facts are whole.
WITHOUT_REPORTS = ("--exclude", "tag:reports")
_NAMES = "tag:record_ids"
_COMMON = "tag:common"
# What a build of changes need not build twice; tests are made in its last step.
_ALREADY_BUILT = (
    *("--indirect-selection", "empty"),
    *("--exclude", "resource_type:seed", _NAMES, f"+{_COMMON},resource_type:model"),
)
_MADE_OF = ("models", "seeds", "dbt_project/macros", "dbt_project/dbt_project.yml")


def build(
    settings: Settings,
    selection: Sequence[str],
    on_node: OnNode,
    on_search: OnNode = lambda _node: None,
) -> list[str]:
    """Run `dbt build` without unit tests, on what has changed where that is enough.

    `selection` is what dbt is asked to select. `on_node` is given the event that ends
    each node for good, `on_search` of those that find what has changed. Seeds are not
    loaded again where they are the same. Returns why it was not enough to build what
    has changed; nothing when it was. Raises DbtError when a node failed.
    """
    arguments = ("build", "--exclude-resource-type", "unit_test", *selection)
    if not _is_whole(selection):
        run_command(settings, arguments, on_node)
        return ["only some models were asked for"]
    fingerprint = _fingerprint(settings)
    reasons = ["nothing was built before, or by other models, seeds or zones"]
    if _asked(settings, "select fingerprint from changes.last_build") == [fingerprint]:
        reasons = _build_changes(settings, arguments, on_node, on_search)
    if reasons:
        run_command(settings, arguments, on_node)
    _note(settings, fingerprint, is_partial=not reasons)
    return reasons


def _is_whole(selection: Sequence[str]) -> bool:
    """Tell whether a selection leaves no model out."""
    chosen = " ".join(selection).replace(_ALL, "")
    chosen = chosen.replace(" ".join(WITHOUT_REPORTS), "")
    return not any(word in chosen.split() for word in _NARROWING)


def _build_changes(
    settings: Settings,
    arguments: Sequence[str],
    on_node: OnNode,
    on_search: OnNode,
) -> list[str]:
    """Build what has changed; return why that is not enough, nothing where it is."""
    steps = (
        ("names", ("run", "--select", _NAMES)),
        ("news", ("run", "--select", f"+{_COMMON}", "--exclude", _NAMES)),
    )
    found: list[dict[str, Any]] = []
    for step, command in steps:
        run_command(settings, command, _both(on_search, found.append), step=step)
        reasons = _asked(settings, "select reason from changes.reasons_to_build_all")
        if reasons:
            return reasons
    if _asked(settings, "select id_key from changes.still_to_add limit 1"):
        found.clear()
    else:
        arguments = (*arguments, *_ALREADY_BUILT)
    for event in found:
        on_node(event)
    run_command(settings, arguments, on_node, step="changes")
    return []


def _both(first: OnNode, second: OnNode) -> OnNode:
    def on_node(event: dict[str, Any]) -> None:
        first(event)
        second(event)

    return on_node


def _note(settings: Settings, fingerprint: str, *, is_partial: bool) -> None:
    values = f"{{fingerprint: {fingerprint}, is_partial: {is_partial}}}"
    command = ("run-operation", "note_build", "--args", values)
    run_command(settings, command, lambda _node: None)


def _asked(settings: Settings, question: str) -> list[str]:
    """Return the first column of a query on the warehouse; nothing without one."""
    if not settings.warehouse_path.is_file():
        return []
    try:
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
            return [row[0] for row in warehouse.execute(question).fetchall()]
    except duckdb.CatalogException:
        return []
    except duckdb.Error as error:
        # Its message may quote a value.
        problem = f"the warehouse cannot be read ({type(error).__name__})"
        raise DbtError(problem) from None


def _fingerprint(settings: Settings) -> str:
    """Return what decides, besides the records, which rows a build gives."""
    digest = hashlib.sha256()
    for name in _MADE_OF:
        place = PROJECT_DIR / name
        paths = sorted(place.rglob("*")) if place.is_dir() else [place]
        for path in paths:
            if path.is_file():
                digest.update(str(path.relative_to(PROJECT_DIR)).encode())
                digest.update(path.read_bytes())
    for path in sorted((settings.raw_path / "sources").glob("*.parquet")):
        digest.update(path.read_bytes())
    digest.update(settings.hash_key.get_secret_value().encode())
    digest.update(duckdb.__version__.encode())
    return digest.hexdigest()
