"""How long the warehouse takes to build, and how much memory that takes.

Simulates a practice with every defect, loads it, builds all models with dbt in a
process of its own, and then lets DuckDB run the same SELECTs as one script: no dbt,
no contracts, no comments, one statement after the other. All values are made up.

Run: .venv/bin/python -m benchmarks.build [--encounters N] [--data DIR]
A data folder that is given is kept, and taken as it is when it holds raw rows.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt_runner import run_command
from orchestration.ingest import ingest
from orchestration.settings import Settings
from orchestration.simulator.simulate import simulate
from orchestration.sources import read_sources

_AS_OF = datetime(2026, 10, 31, 12, tzinfo=UTC)
_MEMORY_LIMIT_MB = 6_000
_TIME_LIMIT = 3.0
_SLOWEST = 12


def simulated(data: Path, encounters: int) -> None:
    """Write the files of a practice and load them."""
    simulate(data, encounters=encounters, seed=7, as_of=_AS_OF)
    sources = read_sources(data / "sources.yml")
    total = ingest(data / "landing", data / "raw", as_of=_AS_OF, sources=sources).total
    print(f"  {total.received:,} records received, {total.loaded:,} loaded")


def by_dbt(data: Path) -> None:
    """Build every model with dbt, from an empty warehouse."""
    settings = Settings(data_dir=data)
    settings.warehouse_path.unlink(missing_ok=True)
    run_command(settings, ("seed",), lambda _node: None)
    seconds: list[tuple[float, str]] = []

    def on_node(event: dict[str, Any]) -> None:
        took = float(event["data"]["execution_time"])
        seconds.append((took, event["data"]["node_info"]["node_name"]))

    _timed(lambda: run_command(settings, ("run",), on_node))
    slowest = sorted(seconds, reverse=True)[:_SLOWEST]
    print("  slowest:", ", ".join(f"{name} {took:.1f} s" for took, name in slowest))


def by_script(data: Path) -> None:
    """Run the SELECTs that dbt made of the models, and nothing else."""
    script = list(_statements(data))
    warehouse = data / "script" / "warehouse.duckdb"
    warehouse.parent.mkdir(exist_ok=True)
    warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(
            "set threads = 2; set preserve_insertion_order = false;"
            " set TimeZone = 'UTC'"
        )
        connection.execute(f"attach '{data}/warehouse.duckdb' as built (read_only)")
        for view, query in connection.execute(
            "select view_name, sql from duckdb_views()"
            " where database_name = 'built' and schema_name = 'raw'"
        ).fetchall():
            connection.execute("create schema if not exists raw")
            connection.execute(query.replace(f"built.raw.{view}", f"raw.{view}"))
        connection.execute("create schema seeds")
        for (seed,) in connection.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'built' and schema_name = 'seeds'"
        ).fetchall():
            connection.execute(f"create table seeds.{seed} as from built.seeds.{seed}")
        connection.execute("detach built")
        _timed(lambda: [connection.execute(statement) for statement in script])


def _statements(data: Path) -> Iterator[str]:
    """Yield one statement for each model, in an order in which they can run."""
    manifest = json.loads((data / "dbt" / "manifest.json").read_text("utf-8"))
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
    for schema in {node["schema"] for node in models.values()}:
        yield f"create schema if not exists {schema}"
    done: set[str] = set()
    while waiting := [key for key in models if key not in done]:
        ready = [
            key
            for key in waiting
            if done.issuperset(models.keys() & models[key]["depends_on"]["nodes"])
        ]
        for key in ready:
            node = models[key]
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            query = _compiled(data, node)
            yield f"create {kind} {node['schema']}.{node['name']} as {query}"
        done.update(ready)


def _compiled(data: Path, node: dict[str, Any]) -> str:
    found = (data / "dbt" / "compiled").rglob(f"{node['name']}.sql")
    return next(found).read_text("utf-8")


def _timed(action: Callable[[], object]) -> None:
    start = time.perf_counter()
    action()
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    peak = used.ru_maxrss / 1e3
    print(f"  {seconds:.1f} s, {cpu:.0f} s of processor, peak {peak:,.0f} MB")
    _RESULT.write_text(json.dumps([seconds, peak]))


def measured(action: Callable[..., None], *arguments: object) -> tuple[float, float]:
    """Run one step in a process of its own; return its seconds and peak MB."""
    print(action.__name__, flush=True)
    _RESULT.unlink(missing_ok=True)
    process = get_context("spawn").Process(target=action, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{action.__name__} ended with {process.exitcode}")
    if not _RESULT.exists():
        return 0.0, 0.0
    seconds, peak = json.loads(_RESULT.read_text())
    return seconds, peak


def measure(data: Path, encounters: int) -> bool:
    """Measure a full build and the script; tell whether the limits hold."""
    if not (data / "raw").exists():
        measured(simulated, data, encounters)
    seconds, peak = measured(by_dbt, data)
    script_seconds, _ = measured(by_script, data)
    ratio = seconds / script_seconds
    print(f"full build: {ratio:.2f} of the script (limit {_TIME_LIMIT:.0f}),", end="")
    print(f" peak memory {peak:,.0f} MB (limit {_MEMORY_LIMIT_MB:,})")
    return ratio <= _TIME_LIMIT and peak <= _MEMORY_LIMIT_MB


def main() -> None:
    """Read the arguments and measure; exit status 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encounters", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = (chosen.data or Path(folder)).resolve()
        held = measure(data, chosen.encounters)
    raise SystemExit(0 if held else 1)


_RESULT = Path(tempfile.gettempdir()) / "chartgap-benchmark.json"

if __name__ == "__main__":
    main()
