"""How fast a publication reaches PostgreSQL, beside a bare COPY of the same rows.

A simulated practice is published (or a publication is given). Its rows are then copied
into tables that have nothing but columns; published for the first time, with keys,
indexes, foreign keys, comments and row security; and published once more. The exit
status is 1 when a publication reaches less than half the speed of the bare COPY. All
values are made up.

Run: .venv/bin/python -m benchmarks.postgres [--encounters N] [--published FILE]
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import psycopg

from benchmarks.build import by_dbt, measured, simulated
from benchmarks.metrics import by_reports
from orchestration.dbt_runner import prepare_manifest
from orchestration.postgres.comparison import BATCH, COMING, selected
from orchestration.postgres.publication import publish_to_postgres
from orchestration.postgres.shape import ServingTable, read_shape
from orchestration.postgres.statements import defined
from orchestration.publish import DATABASE_NAME, publish
from orchestration.settings import Settings
from tests.golden.production import free_ports, postgres

_LEAST = 0.5
_ROUNDS = 3


def published(folder: Path, encounters: int) -> Path:
    """Simulate a practice and publish it; return the published database."""
    settings = Settings(data_dir=folder)
    measured(simulated, folder, encounters)
    measured(by_dbt, folder)
    measured(by_reports, folder)
    publish(settings.warehouse_path, settings.published_path)
    return settings.published_path / DATABASE_NAME


def copy_bare(database: Path, url: str, tables: list[ServingTable]) -> int:
    """Copy the rows into tables without keys that lie in a schema of their own."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop schema if exists bare cascade")
        connection.execute("create schema bare")
        for number, table in enumerate(tables):
            connection.execute(
                psycopg.sql.SQL("create table bare.{} ({})").format(
                    psycopg.sql.Identifier(f"t{number}"), defined(table.columns)
                )
            )
    rows = 0
    with (
        duckdb.connect() as source,
        adbc.connect(url, autocommit=True) as loader,
        loader.cursor() as cursor,
    ):
        source.execute(f"attach '{database}' as {COMING} (read_only)")
        for number, table in enumerate(tables):
            found = source.execute(selected(table)).to_arrow_reader(BATCH)
            rows += cursor.adbc_ingest(
                f"t{number}", found, mode="append", db_schema_name="bare"
            )
    return rows


def new_database(server: str, number: int) -> str:
    """Make a database; return its address."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"create database round_{number}")
    return f"{server}/round_{number}"


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(database: Path) -> bool:
    """Measure copies and publications; tell whether the limit holds."""
    manifest = json.loads(prepare_manifest().read_text("utf-8"))
    with duckdb.connect(str(database), read_only=True) as source:
        tables = read_shape(source, manifest)
    with (
        postgres(free_ports(1)[0]) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        url = f"{server}/postgres"
        rows = copy_bare(database, url, tables)
        print(f"{len(tables)} tables, {rows:,} rows")
        bare = min(
            seconds(lambda: copy_bare(database, url, tables)) for _ in range(_ROUNDS)
        )
        firsts, agains, unknowns = [], [], []
        for number in range(_ROUNDS):
            url, kept = new_database(server, number), Path(folder) / str(number)
            bring = partial(publish_to_postgres, database, url, manifest, kept)
            firsts.append(seconds(bring))
            agains.append(seconds(bring))
            shutil.rmtree(kept)
            unknowns.append(seconds(bring))
        first, again, unknown = min(firsts), min(agains), min(unknowns)
    print(f"bare COPY: {bare:.1f} s, {rows / bare:,.0f} rows a second")
    print(f"published for the first time: {first:.1f} s, {bare / first:.2f} of it")
    print(f"published again: {again:.1f} s, {bare / again:.2f} of it")
    print(f"again, its file lost: {unknown:.1f} s, {bare / unknown:.2f} of it")
    return bare / first >= _LEAST and bare / again >= _LEAST


def main() -> None:
    """Read the arguments and measure; exit status 1 when the limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encounters", type=int, default=100_000)
    parser.add_argument("--published", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = chosen.published or published(Path(folder), chosen.encounters)
        held = measure(database)
    raise SystemExit(0 if held else 1)


if __name__ == "__main__":
    main()
