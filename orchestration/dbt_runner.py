"""dbt, in this process: parse the project, build it, report each node.

A dbt sub-process under Dagster costs about ten seconds of start-up for two seconds
of work, three times over. It leaves out what the nodes mean to Dagster; that is
`transform`. dbt's own log goes to a file: its messages quote values.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from orchestration import check_log, closes
from orchestration.alerts import log as alert_log
from orchestration.settings import PROJECT_DIR, WAREHOUSE_NAME, Settings

DBT_DIR = PROJECT_DIR / "dbt_project"
MANIFEST = DBT_DIR / "target" / "manifest.json"
# What dbt keeps of a parse for itself; it writes it before the manifest.
_PARSED_PROJECT = MANIFEST.with_name("partial_parse.msgpack")
# Everything that a manifest is made from.
_PARSED = ("models", "seeds", "tests/dbt", "dbt_project/macros")
_QUIET = ("--log-level", "none", "--log-level-file", "info", "--no-use-colors")
# The events that end a node. dbt fires hundreds of others for each of them.
_NODE_ENDED = {
    "LogModelResult",
    "LogSeedResult",
    "LogSnapshotResult",
    "LogTestResult",
}
_WHERE = ("--project-dir", str(DBT_DIR), "--profiles-dir", str(DBT_DIR))


class DbtError(RuntimeError):
    """dbt could not parse or build; names nodes and files of ours, never values."""


def prepare_manifest() -> Path:
    """Parse the dbt project when its manifest is missing or of another time.

    The manifest carries the time of the newest source, so that any change shows,
    also one back. Processes that start together take turns. Returns its path;
    raises DbtError when dbt cannot parse.
    """
    MANIFEST.parent.mkdir(parents=True, exist_ok=True)
    with (MANIFEST.parent / "parse.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return _parse_when_stale()


def _parse_when_stale() -> Path:
    changed_ns = _newest_source_ns()
    if (
        not (MANIFEST.is_file() and _PARSED_PROJECT.is_file())
        or MANIFEST.stat().st_mtime_ns != changed_ns
    ):
        # Parsing opens no database: any place will do.
        places = {"CHARTGAP_WAREHOUSE": WAREHOUSE_NAME, "CHARTGAP_RAW": "raw"}
        logs = ("--log-path", str(DBT_DIR / "logs"))
        with _environment(places):
            result = _invoke(("parse", *_WHERE, *logs), lambda _node: None)
        if not result.success:
            # The project's own text, no data: dbt's words are safe and needed here.
            raise DbtError(f"dbt cannot parse the project: {result.exception}")
        os.utime(MANIFEST, ns=(changed_ns, changed_ns))
    return MANIFEST


def run_command(
    settings: Settings,
    arguments: Sequence[str],
    on_node: Callable[[dict[str, Any]], None],
    *,
    step: str = "all",
) -> None:
    """Run a command of dbt on the warehouse of `settings`.

    `step` is all, or a step of a build of changes (see `build`).

    `on_node` is given the event that ends each node, as in dbt's JSON log. The
    warehouse is closed afterwards. Raises DbtError when a node failed.
    """
    places = {
        "CHARTGAP_WAREHOUSE": str(settings.warehouse_path),
        "CHARTGAP_RAW": str(settings.raw_path),
        "CHARTGAP_ALERTS": str(settings.alerts_path),
        "CHARTGAP_CHECKS": str(settings.checks_path),
        "CHARTGAP_CLOSES": str(settings.closes_path),
        "CHARTGAP_TARGET": settings.target,
        "CHARTGAP_MEMORY": settings.memory,
        "CHARTGAP_BUILD": step,
    }
    target = settings.data_path / "dbt"
    written = ("--target-path", str(target), "--log-path", str(target))
    settings.warehouse_path.parent.mkdir(parents=True, exist_ok=True)
    # Models show these logs, also before the first entry.
    alert_log.write_empty(settings.alerts_path)
    check_log.write_empty(settings.checks_path)
    closes.write_empty(settings.closes_path)
    with _environment(places):
        parsed = _parsed_project(settings)
        result = _invoke((*arguments, *_WHERE, *written), on_node, parsed)
    if not result.success:
        raise DbtError(_what_failed(result, target))


def _parsed_project(settings: Settings) -> Any:  # noqa: ANN401 - dbt's manifest object
    """Return the project as `prepare_manifest` parsed it; parsing takes ten seconds.

    The names of relations in it begin with the name of the database, which DuckDB
    takes from the file: for a warehouse of another name dbt parses for itself (None).
    """
    if settings.warehouse_path.name != WAREHOUSE_NAME:
        return None
    from dbt.contracts.graph.manifest import Manifest  # noqa: PLC0415
    from dbt.parser.manifest import extended_mashumuro_decoder  # noqa: PLC0415

    prepare_manifest()
    parsed = Manifest.from_msgpack(
        _PARSED_PROJECT.read_bytes(), decoder=extended_mashumuro_decoder
    )
    parsed.build_flat_graph()  # type: ignore[no-untyped-call]
    return parsed


def _invoke(
    arguments: Sequence[str],
    on_node: Callable[[dict[str, Any]], None],
    parsed: Any = None,  # noqa: ANN401 - dbt's manifest object
) -> Any:  # noqa: ANN401 - dbt's result object
    """Run one dbt command; importing dbt takes seconds, so only when it is needed."""
    from dbt.adapters.duckdb.connections import (  # noqa: PLC0415
        DuckDBConnectionManager,
    )
    from dbt.cli.main import dbtRunner  # noqa: PLC0415
    from dbt_common.events.functions import msg_to_dict  # noqa: PLC0415

    def on_event(event: Any) -> None:  # noqa: ANN401 - dbt's event object
        if event.info.name in _NODE_ENDED:
            on_node(msg_to_dict(event))

    result = dbtRunner(parsed, [on_event]).invoke([*_QUIET, *arguments])
    # It would keep the warehouse locked for everyone else.
    DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    return result


def _what_failed(result: Any, folder: Path) -> str:  # noqa: ANN401 - dbt's result object
    where = f"details, which may quote records, are in {folder / 'dbt.log'}"
    if result.result is None:
        return f"dbt stopped before the first model; {where}"
    failed = [
        node.node.name
        for node in result.result.results
        if node.status in ("error", "fail", "runtime error")
    ]
    return f"dbt: {len(failed)} failed: {', '.join(sorted(failed))}; {where}"


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Hand values to dbt in the only way that its profile can read them."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _newest_source_ns() -> int:
    """When the dbt project last changed; a removed file changes its folder."""
    sources = [*DBT_DIR.glob("*.yml")]
    for name in _PARSED:
        folder = PROJECT_DIR / name
        sources += [folder, *folder.rglob("*")]
    return max(path.stat().st_mtime_ns for path in sources if path.exists())
