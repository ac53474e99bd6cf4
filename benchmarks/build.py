"""How long the warehouse takes to build, and how much memory that takes.

Simulates a practice with every defect, loads what had come two hours before the end,
and builds all models in a process of its own. DuckDB then runs the same SELECTs as one
script: no dbt, no contracts, no comments, one statement after the other. At last the
news of these two hours, of about 0.5 % of the encounters, is loaded, and a build of
changes measured. With --compare a full build of the same rows follows, and every
mart is compared. What is counted for leadership over all encounters is left out:
`metrics` measures it. All values are made up.

Run: .venv/bin/python -m benchmarks.build [--encounters N] [--data DIR] [--compare]
A data folder that is given is kept, and taken as it is when it holds raw rows.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb

from orchestration.build import WITHOUT_REPORTS, build
from orchestration.ingest import ingest
from orchestration.settings import Settings
from orchestration.simulator.simulate import simulate
from orchestration.sources import read_sources

_AS_OF = datetime(2026, 10, 31, 12, tzinfo=UTC)
_SPLIT_AT = _AS_OF - timedelta(hours=2)
_MEMORY_LIMIT_MB = 6_000
_TIME_LIMIT = 3.0
_CHANGES_LIMIT = 0.15
# Encounters that were built, that there are, and that the news names.
_BUILT = """
select
    (select count(*) from intermediate.int_encounters),
    count(*),
    count(*) filter (
        where hash(data_source || '|Encounter/' || encounter_id) in (
            select id_key from changes.record_ids
            where
                role in ('own', 'reference', 'name')
                and batch_id > (select max(batch_id) from changes.record_ids
                    where left(batch_id, 16) < (
                        select max(left(batch_id, 16)) from changes.record_ids
                    ))
        )
    )
from marts.fct_encounters
"""
_CORE = ("--exclude-resource-type", "test", *WITHOUT_REPORTS)
_SLOWEST = 12


def simulated(data: Path, encounters: int) -> None:
    """Write the files of a practice, and load what came until the last hours."""
    simulate(
        data / "practice",
        encounters=encounters,
        seed=7,
        as_of=_AS_OF,
        split_at=_SPLIT_AT,
    )
    _load(data, "landing", _SPLIT_AT)


def _load(data: Path, part: str, as_of: datetime) -> None:
    sources = read_sources(data / "practice" / "sources.yml")
    landing = data / "practice" / part
    loaded = ingest(landing, data / "raw", as_of=as_of, sources=sources)
    total = loaded.total
    print(f"  {total.received:,} records received, {total.loaded:,} loaded")


def by_dbt(data: Path) -> None:
    """Build every model with dbt, from an empty warehouse."""
    settings = Settings(data_dir=data)
    settings.warehouse_path.unlink(missing_ok=True)
    _build(settings)


def by_changes(data: Path) -> None:
    """Load the news of the last hours, and build what has changed."""
    _load(data, "landing-later", _AS_OF)
    settings = Settings(data_dir=data)
    if reasons := _build(settings):
        raise SystemExit(f"  everything was built: {'; '.join(reasons)}")
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as warehouse:
        [(built, held, named)] = warehouse.execute(_BUILT).fetchall()
    print(f"  news of {named:,} of {held:,} encounters, {built:,} were built")


def _build(settings: Settings) -> list[str]:
    seconds: list[tuple[float, str]] = []

    def on_node(event: dict[str, Any]) -> None:
        took = float(event["data"]["execution_time"])
        seconds.append((took, event["data"]["node_info"]["node_name"]))

    reasons: list[str] = []
    timed(lambda: reasons.extend(build(settings, _CORE, on_node)))
    print_slowest(seconds)
    return reasons


def print_slowest(seconds: list[tuple[float, str]]) -> None:
    """Print the models that took longest."""
    slowest = sorted(seconds, reverse=True)[:_SLOWEST]
    print("  slowest:", ", ".join(f"{name} {took:.1f} s" for took, name in slowest))


def compared(data: Path) -> None:
    """Build everything from the same raw rows elsewhere, and compare the marts."""
    again = Settings(data_dir=data / "again")
    again.data_path.mkdir(exist_ok=True)
    (again.data_path / "raw").unlink(missing_ok=True)
    (again.data_path / "raw").symlink_to(data / "raw")
    by_dbt(again.data_path)
    built_twice = _digests(data / "warehouse.duckdb")
    at_once = _digests(again.warehouse_path)
    differing = [name for name in at_once if built_twice.get(name) != at_once[name]]
    if differing or built_twice.keys() != at_once.keys():
        raise SystemExit(f"  marts differ: {', '.join(differing)}")
    print(f"  {len(at_once)} marts are the same")


def _digests(warehouse: Path) -> dict[str, tuple[object, ...]]:
    """Return the number of rows of each mart and a digest of them in any order.

    Views are left out: they have no rows of their own.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables"
            " where table_schema = 'marts' and table_type = 'BASE TABLE'"
        ).fetchall()
        return {
            name: connection.execute(
                "select count(*), bit_xor(hash(mart)), sum(hash(mart) >> 32)"
                f" from marts.{name} as mart"
            ).fetchall()[0]
            for (name,) in names
        }


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
        for schema, view, query in connection.execute(
            "select schema_name, view_name, sql from duckdb_views()"
            " where database_name = 'built' and schema_name in ('raw', 'alerts')"
        ).fetchall():
            connection.execute(f"create schema if not exists {schema}")
            name = f"{schema}.{view}"
            connection.execute(query.replace(f"built.{name}", name))
        connection.execute("create schema seeds")
        for (seed,) in connection.execute(
            "select table_name from duckdb_tables()"
            " where database_name = 'built' and schema_name = 'seeds'"
        ).fetchall():
            connection.execute(f"create table seeds.{seed} as from built.seeds.{seed}")
        connection.execute("detach built")
        timed(lambda: [connection.execute(statement) for statement in script])


def _statements(data: Path) -> Iterator[str]:
    """Yield one statement for each model, in an order in which they can run."""
    manifest = json.loads((data / "dbt" / "manifest.json").read_text("utf-8"))
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and "reports" not in node["tags"]
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


def timed(action: Callable[[], object]) -> None:
    """Do something, and print its seconds and memory, as of this process."""
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


def measure(data: Path, encounters: int, *, is_compared: bool) -> bool:
    """Measure a full build, the script and the news; tell whether the limits hold."""
    if not (data / "raw").exists():
        measured(simulated, data, encounters)
    seconds, peak = measured(by_dbt, data)
    script_seconds, _ = measured(by_script, data)
    changes_seconds, _ = measured(by_changes, data)
    if is_compared:
        measured(compared, data)
    ratio, share = seconds / script_seconds, changes_seconds / seconds
    print(f"full build: {ratio:.2f} of the script (limit {_TIME_LIMIT:.0f}),", end="")
    print(f" peak memory {peak:,.0f} MB (limit {_MEMORY_LIMIT_MB:,})")
    print(f"build of the news: {share:.3f} of a full build (limit {_CHANGES_LIMIT})")
    return ratio <= _TIME_LIMIT and peak <= _MEMORY_LIMIT_MB and share <= _CHANGES_LIMIT


def main() -> None:
    """Read the arguments and measure; exit status 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encounters", type=int, default=1_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--compare", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = (chosen.data or Path(folder)).resolve()
        held = measure(data, chosen.encounters, is_compared=chosen.compare)
    raise SystemExit(0 if held else 1)


_RESULT = Path(tempfile.gettempdir()) / "chartgap-benchmark.json"

if __name__ == "__main__":
    main()
