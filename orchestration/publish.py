"""Publication: what readers open, replaced as a whole or not at all.

Holds the copy of the schemas marts and ops into a new DuckDB file, the page made
from that file, and their taking the place of the last ones by rename. It leaves out
whether a publication is allowed; that is decided by the checks before it.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.page.build import build_page

DATABASE_NAME = "chartgap.duckdb"
PAGE_NAME = "index.html"
PUBLISHED_SCHEMAS = ("marts", "ops")
# Keys of single records, for those who run the pipeline, and steps on the way to a
# report, which has every figure that is for readers.
RESTRICTED = (
    "expectation_failures",
    "rpt_group_names",
    "rpt_lag_curves",
    "rpt_lag_figures",
    "rpt_lag_steps",
    "rpt_pattern_chances",
    "rpt_pattern_counts",
    "rpt_month_ages",
    "rpt_month_projections",
    "rpt_pattern_tests",
    "rpt_requirement_outcomes",
    "rpt_bottleneck_sums",
    "rpt_summary_money",
    "rpt_summary_signals",
    "rpt_summary_work",
)
_INCOMING = ".incoming-"


class PublishError(RuntimeError):
    """The warehouse cannot be published; the last publication stays in place."""


@dataclass(frozen=True)
class PublishResult:
    """What readers now see: where it is, and its tables and rows."""

    database: Path
    page: Path
    table_count: int
    row_count: int


@dataclass(frozen=True)
class _Table:
    schema: str
    name: str
    comment: str | None

    @property
    def sql(self) -> str:
        return f"{_quoted(self.schema)}.{_quoted(self.name)}"


def publish(warehouse: Path, published: Path) -> PublishResult:
    """Copy marts and ops of `warehouse` to `published` and render the page.

    A reader of either file sees the old or the new one, whole. Raises PublishError
    when the warehouse is missing, in use or has no marts; duckdb.Error or OSError
    when copy or page fails. In each case the last publication is untouched.
    """
    if not warehouse.is_file():
        raise PublishError("there is no warehouse to publish; run 'chartgap run'")
    published.mkdir(parents=True, exist_ok=True)
    for abandoned in published.glob(f"{_INCOMING}*"):
        shutil.rmtree(abandoned)
    incoming = Path(tempfile.mkdtemp(prefix=_INCOMING, dir=published))
    try:
        database, page = incoming / DATABASE_NAME, incoming / PAGE_NAME
        table_count, row_count = _copy(warehouse, database)
        build_page(database, page)
        for file in (database, page):
            _sync(file)
        for file in (database, page):
            file.replace(published / file.name)
        _sync(published)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    return PublishResult(
        database=published / DATABASE_NAME,
        page=published / PAGE_NAME,
        table_count=table_count,
        row_count=row_count,
    )


def _copy(warehouse: Path, database: Path) -> tuple[int, int]:
    """Copy the published schemas into a new file; its number of tables and rows."""
    with duckdb.connect(str(database)) as connection:
        # Attached by name below: the path may hold any character.
        source = str(warehouse).replace("'", "''")
        try:
            connection.execute(f"attach '{source}' as warehouse (read_only)")
        except duckdb.Error:
            message = "the warehouse cannot be opened; is another run using it?"
            raise PublishError(message) from None
        tables = _tables(connection)
        if not any(table.schema == "marts" for table in tables):
            raise PublishError("the warehouse has no marts; run 'chartgap run'")
        row_count = sum(_copy_table(connection, table) for table in tables)
        connection.execute("detach warehouse")
        connection.execute("checkpoint")
    return len(tables), row_count


def _tables(connection: duckdb.DuckDBPyConnection) -> list[_Table]:
    rows = connection.execute(
        """
        select schema_name, table_name, comment
        from duckdb_tables()
        where database_name = 'warehouse' and list_contains(?, schema_name)
            and not list_contains(?, table_name)
        union all
        select schema_name, view_name, comment
        from duckdb_views()
        where database_name = 'warehouse' and list_contains(?, schema_name)
            and not list_contains(?, view_name)
        order by schema_name, table_name
        """,
        [PUBLISHED_SCHEMAS, RESTRICTED] * 2,
    ).fetchall()
    return [_Table(*row) for row in rows]


def _copy_table(connection: duckdb.DuckDBPyConnection, table: _Table) -> int:
    """Copy one table, or what a view shows, with its comments; its row count."""
    connection.execute(f"create schema if not exists {_quoted(table.schema)}")
    connection.execute(
        f"create table {table.sql} as select * from warehouse.{table.sql}"  # noqa: S608
    )
    if table.comment:
        connection.execute(f"comment on table {table.sql} is {_text(table.comment)}")
    columns = connection.execute(
        """
        select column_name, comment
        from duckdb_columns()
        where database_name = 'warehouse'
            and schema_name = ? and table_name = ? and comment is not null
        """,
        [table.schema, table.name],
    ).fetchall()
    for name, comment in columns:
        column = f"{table.sql}.{_quoted(name)}"
        connection.execute(f"comment on column {column} is {_text(comment)}")
    counted = connection.execute(f"select count(*) from {table.sql}").fetchone()  # noqa: S608
    return int(counted[0]) if counted else 0


def _sync(path: Path) -> None:
    """Have the file or folder on disk before anyone is told about it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
