"""A table or query of a SQL database, pulled by its changes into a canonical feed.

Each pull asks for the rows at or above the newest cursor value that has landed, less
an overlap, leaves out those it has landed before, and lands the rest as one CSV file.
Rows that are deleted in the database are not seen: the sender has to mark them, as
`entered-in-error` or in another status. A second change of a row between two pulls
is seen as one.

Any database that SQLAlchemy has a driver for. It leaves out which sources there are
and where their passwords come from.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from orchestration.extract.files import Draft, State, fingerprint
from orchestration.extract.sql_cursor import Cursor, CursorTypeError, Window
from orchestration.extract.sql_database import (
    SqlSourceError,
    SqlValueError,
    connected,
    engine_for,
    statement_errors,
)
from orchestration.extract.sql_values import NotTextError, csv_line
from orchestration.feeds import FEEDS, Feed

_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class SqlSource:
    """What to pull: a table (`schema.table`) or a query, one of both, into a feed.

    `rename` maps columns of the database to columns of the feed; what is no column
    of the feed is not read. `cursor` is a column that grows with each change: a time,
    a date or a whole number. `overlap` says how far below its newest value the next
    pull begins, because transactions may commit out of order: seconds of a time,
    units of a number. `time_zone` is the zone of times that name none.
    """

    data_source: str
    name: str
    feed: str
    cursor: str
    table: str | None = None
    query: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    overlap: int = 3_600
    time_zone: str = "UTC"

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"{self.data_source}/{self.name}"


@dataclass(frozen=True)
class SqlPull:
    """What one pull brought: no file when there was nothing new.

    `repeated_count` are the rows of the overlap that had landed before.
    """

    file: Path | None
    row_count: int
    repeated_count: int


@dataclass(frozen=True)
class _Plan:
    """From what to select, and the column of the database for each of the feed."""

    rows: sa.FromClause
    columns: Mapping[str, str]


def _ignore(_: int) -> None:
    """Report to nobody."""


def extract_sql(
    source: SqlSource,
    url: str,
    *,
    landing: Path,
    state_folder: Path,
    now: datetime | None = None,
    on_rows: Callable[[int], None] = _ignore,
) -> SqlPull:
    """Land what is new or changed in `landing/<data source>/` and say what that was.

    `url` is SQLAlchemy's, such as postgresql://user:password@host/database. What was
    pulled is remembered after its file has landed: after a crash between the two,
    the same rows make the same file again. `on_rows` is told the rows read so far.

    Raises SqlConnectionError, SqlSourceError, SqlValueError and the errors of
    `files`; then nothing has landed. No message holds a value or a password.
    """
    state = State(state_folder, source.data_source, source.name)
    engine = engine_for(source.label, url)
    definition = _definition(source, engine.url)
    with state.held():
        window = _window(source, state, definition, now or datetime.now(UTC))
        with connected(source.label, engine) as connection:
            plan = _plan(source, connection)
            _require_cursor_values(source, plan, connection)
            with Draft(landing / source.data_source, source.name, ".csv") as draft:
                draft.write(csv_line(list(plan.columns)))
                for part in _parts(source, plan, connection, window.start):
                    lines = (_new_line(source, plan, window, row) for row in part)
                    draft.write(b"".join(filter(None, lines)))
                    on_rows(window.new_count + window.repeated_count)
                file = draft.land() if window.new_count else None
        state.write(definition, window.known())
    return SqlPull(file, window.new_count, window.repeated_count)


def _definition(source: SqlSource, url: sa.URL) -> str:
    """Return what changes when the rows pulled so far say nothing of the next."""
    rename = sorted(source.rename.items())
    pulled = (source.table, source.query, source.cursor, source.feed, rename)
    return fingerprint(url.host, url.port, url.database, pulled)


def _window(source: SqlSource, state: State, definition: str, now: datetime) -> Window:
    try:
        zone = ZoneInfo(source.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SqlSourceError(f"{source.label}: there is no such time zone") from None
    try:
        return Window(state.read(definition), source.overlap, now, zone)
    except (KeyError, ValueError, TypeError, ArithmeticError):
        raise state.damaged() from None


def _plan(source: SqlSource, connection: sa.Connection) -> _Plan:
    """Look which columns there are; raises SqlSourceError when they do not fit."""
    feed = FEEDS.get(source.feed)
    if feed is None:
        raise SqlSourceError(f"{source.label}: there is no such feed")
    rows = _rows(source)
    nothing: sa.Select[Any] = (
        sa.select(sa.literal_column("*")).select_from(rows).where(sa.false())
    )
    with statement_errors(source.label):
        names = list(connection.execute(nothing).keys())
    for needed in (source.cursor, *source.rename):
        if needed not in names:
            raise SqlSourceError(f"{source.label}: there is no column {needed}")
    return _Plan(rows, _columns(source, feed, names))


def _columns(source: SqlSource, feed: Feed, names: list[str]) -> dict[str, str]:
    """Return the column of the database for each of the feed, in the feed's order."""
    own = {name.lower(): name for name in names if name not in source.rename}
    renamed = {new: name for name, new in source.rename.items()}
    if unknown := sorted(renamed.keys() - set(feed.columns)):
        sentence = f"{feed.name} has no column {', '.join(unknown)}"
        raise SqlSourceError(f"{source.label}: {sentence}")
    if len(renamed) < len(source.rename):
        raise SqlSourceError(f"{source.label}: two columns become the same one")
    columns = {**own, **renamed}
    if missing := [name for name in feed.required if name not in columns]:
        sentence = f"no column becomes {', '.join(missing)} of {feed.name}"
        raise SqlSourceError(f"{source.label}: {sentence}")
    return {name: columns[name] for name in feed.columns if name in columns}


def _rows(source: SqlSource) -> sa.FromClause:
    if source.table and not source.query:
        schema, _, name = source.table.rpartition(".")
        return sa.table(name, schema=schema or None)
    if source.query and not source.table:
        # A colon is no parameter here, and the last line may end in a comment.
        query = source.query.strip().removesuffix(";").replace(":", "\\:")
        return sa.text(f"{query}\n").columns().subquery("pulled")
    raise SqlSourceError(f"{source.label}: either a table or a query is needed")


def _require_cursor_values(
    source: SqlSource, plan: _Plan, connection: sa.Connection
) -> None:
    """Raise SqlSourceError when rows have no cursor value: none would ever come."""
    column: sa.ColumnClause[Cursor] = sa.column(source.cursor)
    empty = sa.select(sa.literal(1)).select_from(plan.rows).where(column.is_(None))
    with statement_errors(source.label):
        found = connection.execute(empty.limit(1)).first()
    if found:
        sentence = "rows without a cursor value would be lost; let a query fill it"
        raise SqlSourceError(f"{source.label}: {sentence}")


def _parts(
    source: SqlSource, plan: _Plan, connection: sa.Connection, start: Cursor
) -> Iterator[Sequence[sa.Row[Any]]]:
    """Yield rows from `start` in order, their cursor value first; streamed.

    The order is total, so that the same rows always come as the same bytes.
    """
    cursor: sa.ColumnClause[Cursor] = sa.column(source.cursor)
    columns: list[sa.ColumnClause[Any]] = [
        sa.column(name) for name in plan.columns.values()
    ]
    query = sa.select(cursor.label("pulled_by"), *columns).select_from(plan.rows)
    if start is not None:
        query = query.where(cursor >= start)
    others = [column for column in columns if column.name != source.cursor]
    streamed = connection.execution_options(yield_per=_ROWS_AT_ONCE)
    with statement_errors(source.label):
        yield from streamed.execute(query.order_by(cursor, *others)).partitions()


def _new_line(
    source: SqlSource, plan: _Plan, window: Window, row: sa.Row[Any]
) -> bytes | None:
    """Return a row as a line of CSV, None when it has landed before."""
    values: list[object]
    cursor, *values = row
    try:
        line = csv_line(values)
        return line if window.takes(cursor, line) else None
    except NotTextError as found:
        column = list(plan.columns.values())[found.index]
        sentence = f"column {column} holds what has no one text; cast it in a query"
        raise SqlValueError(f"{source.label}: {sentence}") from None
    except CursorTypeError as found:
        sentence = f"the cursor column {source.cursor} does not serve: {found}"
        raise SqlSourceError(f"{source.label}: {sentence}") from None
