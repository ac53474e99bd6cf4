"""What a publication changes: the rows that PostgreSQL does not hold, and those to go.

What PostgreSQL holds is known from the file of the publication that was brought there
last. Where that file is gone, its tables are read instead (`hold`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.postgres.shape import ServingTable

# Rows that go over at once: few enough to stay in the processor's cache.
BATCH = 20_000
COMING, FORMER = "coming", "former"


class Comparison:
    """A publication beside what PostgreSQL holds; rows come as batches of Arrow."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self._database = database
        self._held: dict[tuple[str, str], str] = {}

    def know(self, former: Path, tables: list[ServingTable]) -> None:
        """Take a former publication for what is held of tables with these columns."""
        _attach(self._database, former, FORMER)
        found: dict[tuple[str, str], set[str]] = {}
        for schema, table, column in self._database.execute(
            "select schema_name, table_name, column_name from duckdb_columns()"
            " where database_name = ?",
            [FORMER],
        ).fetchall():
            found.setdefault((schema, table), set()).add(column)
        for table in tables:
            if found.get(table.source, set()).issuperset(table.names):
                self._held[table.schema, table.name] = selected(table, FORMER)

    def hold(self, table: ServingTable, rows: pa.RecordBatchReader) -> None:
        """Take these rows, a reader of Arrow batches, for what is held of a table."""
        name = f"held_{len(self._held)}"
        self._database.register("rows_held", rows)
        # PostgreSQL tells numbers of fixed point as text; here they are numbers again.
        self._database.execute(f"create table {name} as {selected(table)} limit 0")
        self._database.execute(f"insert into {name} from rows_held")
        self._database.unregister("rows_held")
        self._held[table.schema, table.name] = f"from {name}"

    def is_held(self, table: ServingTable) -> bool:
        """Whether it is known what PostgreSQL holds of a table."""
        return (table.schema, table.name) in self._held

    def same(self, table: ServingTable) -> bool:
        """Whether nothing of a table changes; rows that are there twice are two."""
        counts = [
            self._count(f"from ({rows})")
            for rows in (selected(table), self._held[table.schema, table.name])
        ]
        return counts[0] == counts[1] and not (
            self._count(f"from ({self._new(table)})")
            or self._count(f"from ({self._gone(table)})")
        )

    def new_rows(self, table: ServingTable, *, of_all: bool) -> pa.RecordBatchReader:
        """Return the rows that are not held, or all that there are."""
        query = selected(table) if of_all else self._new(table)
        # In the order of their key, rows of one visit lie together in PostgreSQL, and
        # its index is made more quickly.
        order = ", ".join(map(quoted, table.key or table.names[:1]))
        query = f"from ({query}) order by {order}"
        return self._database.execute(query).to_arrow_reader(BATCH)

    def gone_keys(self, table: ServingTable) -> pa.RecordBatchReader:
        """Return the keys of held rows that are not there any more as they were."""
        keys = ", ".join(map(quoted, table.key))
        query = f"select {keys} from ({self._gone(table)})"  # noqa: S608
        return self._database.execute(query).to_arrow_reader(BATCH)

    def unknown(self, table: ServingTable) -> dict[str, int]:
        """Return by column how many rows refer to what is not there, where any do."""
        found = {}
        for one in table.references:
            column, key = quoted(one.column), quoted(one.key)
            count = self._count(
                f"from {_source(table.source)} as ours"
                f" anti join {_source(one.table)} as theirs"
                f" on ours.{column} = theirs.{key} where ours.{column} is not null"
            )
            if count:
                found[table.label(one)] = count
        return found

    def _new(self, table: ServingTable) -> str:
        held = self._held[table.schema, table.name]
        return f"({selected(table)}) except ({held})"

    def _gone(self, table: ServingTable) -> str:
        held = self._held[table.schema, table.name]
        return f"({held}) except ({selected(table)})"

    def _count(self, rows: str) -> int:
        found = self._database.execute(f"select count(*) {rows}").fetchall()
        return int(found[0][0])


@contextmanager
def compared(publication: Path, scratch: Path, memory: str) -> Iterator[Comparison]:
    """Open a publication; what does not fit into `memory` goes to `scratch`."""
    with duckdb.connect() as database:
        database.execute("set memory_limit = ?", [memory])
        database.execute("set temp_directory = ?", [str(scratch)])
        _attach(database, publication, COMING)
        yield Comparison(database)


def selected(table: ServingTable, database: str = COMING) -> str:
    """Return the query for a table's rows; PostgreSQL has no place for NUL in text."""
    columns = ", ".join(
        f"replace({quoted(column.name)}, chr(0), '') as {quoted(column.name)}"
        if column.type == "text"
        else quoted(column.name)
        for column in table.columns
    )
    return f"select {columns} from {_source(table.source, database)}"  # noqa: S608


def quoted(name: str) -> str:
    """Return a name as SQL takes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def _source(source: tuple[str, str], database: str = COMING) -> str:
    return ".".join(map(quoted, (database, *source)))


def _attach(database: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    path = str(file).replace("'", "''")
    database.execute(f"attach '{path}' as {name} (read_only)")
