"""One transaction that brings the serving tables to what a publication says.

It runs on a connection that loads Arrow in bulk, and commits nothing itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from psycopg.sql import SQL, Composable

from orchestration.postgres import rights, statements
from orchestration.postgres.catalog import Catalog
from orchestration.postgres.comparison import Comparison
from orchestration.postgres.shape import ServingTable

OnTable = Callable[[int, int], None]

# Of this transaction only: memory for sorts and indexes, no time for compiling
# queries that run once, and quick statistics, which autovacuum makes better.
_SETTINGS = (
    "set local work_mem = '128MB'",
    "set local maintenance_work_mem = '1GB'",
    "set local jit = off",
    "set local default_statistics_target = 10",
)


@dataclass(frozen=True)
class PostgresResult:
    """What readers now see, and how many rows were brought and taken away for it.

    A row that has changed is both. `unknown` has, by column, how many rows refer to
    what is not there; such a foreign key is left out until all is known again.
    """

    table_count: int
    brought_count: int
    gone_count: int
    unknown: Mapping[str, int]


class Transaction:
    """Everything that one publication does to PostgreSQL."""

    def __init__(self, catalog: Catalog, comparison: Comparison, token: str) -> None:
        self._catalog = catalog
        self._comparison = comparison
        self._token = token

    def run(
        self, loader: adbc.Connection, tables: list[ServingTable], on_table: OnTable
    ) -> PostgresResult:
        """Do everything on a connection; `on_table` is told how far it is."""
        unknown: dict[str, int] = {}
        for table in tables:
            unknown |= self._comparison.unknown(table)
        brought = gone = 0
        with loader.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.execute(setting)
            self._drop_broken(cursor, tables, unknown)
            for done, table in enumerate(tables):
                on_table(done, len(tables))
                counts = self._bring(cursor, table)
                brought, gone = brought + counts[0], gone + counts[1]
            # References are looked at now: what follows may not wait for them.
            cursor.execute("set constraints all immediate")
            self._finish(cursor, tables, unknown)
            _run(cursor, statements.note_publication(self._token))
            on_table(len(tables), len(tables))
        return PostgresResult(len(tables), brought, gone, unknown)

    def _bring(self, cursor: adbc.Cursor, table: ServingTable) -> tuple[int, int]:
        """Bring one table to what is published; how many rows came and went."""
        present = self._catalog.tables.get((table.schema, table.name))
        wanted = {column.name: column.type for column in table.columns}
        gone = 0
        if present is None:
            _run(cursor, statements.create_table(table), *rights.let_in(table))
            brought = self._load(cursor, table, of_all=True)
        elif present != wanted:
            _run(cursor, *statements.change_columns(table, present))
            gone = _count(cursor, table)
            _run(cursor, statements.delete_all(table))
            brought = self._load(cursor, table, of_all=True)
        else:
            if not self._comparison.is_held(table):
                cursor.execute(statements.select_all(table).as_string())
                self._comparison.hold(table, cursor.fetch_record_batch())
            brought, gone = self._bring_differences(cursor, table)
        if brought or gone:
            _run(cursor, statements.analyze(table))
        return brought, gone

    def _bring_differences(
        self, cursor: adbc.Cursor, table: ServingTable
    ) -> tuple[int, int]:
        if not table.key:
            if self._comparison.same(table):
                return 0, 0
            gone = _count(cursor, table)
            _run(cursor, statements.delete_all(table))
            return self._load(cursor, table, of_all=True), gone
        gone = self._take_away(cursor, table)
        return self._load(cursor, table, of_all=False), gone

    def _take_away(self, cursor: adbc.Cursor, table: ServingTable) -> int:
        """Take away the rows that are not there any more as they were."""
        keys = self._comparison.gone_keys(table)
        first = next(iter(keys), None)
        if first is None:
            return 0
        _run(cursor, statements.create_gone(table))
        batches = pa.RecordBatchReader.from_batches(keys.schema, chain([first], keys))
        gone = cursor.adbc_ingest(
            statements.GONE, batches, mode="append", temporary=True
        )
        _run(cursor, *statements.delete_gone(table))
        return int(gone)

    def _load(self, cursor: adbc.Cursor, table: ServingTable, *, of_all: bool) -> int:
        rows = self._comparison.new_rows(table, of_all=of_all)
        count = cursor.adbc_ingest(
            table.name, rows, mode="append", db_schema_name=table.schema
        )
        return int(count)

    def _drop_broken(
        self,
        cursor: adbc.Cursor,
        tables: Iterable[ServingTable],
        unknown: Mapping[str, int],
    ) -> None:
        """Take away the foreign keys that the new rows would break."""
        for table in tables:
            for name, drop in statements.drop_references(table, unknown).items():
                if (table.schema, table.name, name) in self._catalog.parts:
                    _run(cursor, drop)

    def _finish(
        self,
        cursor: adbc.Cursor,
        tables: list[ServingTable],
        unknown: Mapping[str, int],
    ) -> None:
        """Add what is not there yet: keys, indexes, policies, comments; drop tables."""
        made = [(table, statements.constraints(table)) for table in tables]
        made += [(table, statements.references(table, unknown)) for table in tables]
        made += [(table, rights.policies(table)) for table in tables]
        for table, parts in made:
            for name, statement in parts.items():
                if (table.schema, table.name, name) not in self._catalog.parts:
                    _run(cursor, statement)
        for table in tables:
            for (column, text), statement in statements.comments(table).items():
                place = (table.schema, table.name, column)
                if self._catalog.comments.get(place, "") != text:
                    _run(cursor, statement)
        known = {(table.schema, table.name) for table in tables}
        for schema, name in self._catalog.tables.keys() - known:
            _run(cursor, statements.drop_table(schema, name))


def _run(cursor: adbc.Cursor, *made: Composable) -> None:
    for statement in made:
        cursor.execute(statement.as_string())


def _count(cursor: adbc.Cursor, table: ServingTable) -> int:
    query = SQL("select count(*) from {}").format(statements.named(table))
    cursor.execute(query.as_string())
    return int(cursor.fetchone()[0])
