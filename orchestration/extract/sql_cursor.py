"""How far a pull by a cursor column has come, and which rows it has had.

Pure: cursor values in, decisions and a few lines of state out. It leaves out the
database (`sql`).
"""

import hashlib
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

Cursor = Any
"""A time, a date or a whole number: whatever the cursor column holds."""

_INSTANT, _LOCAL_TIME, _DATE, _NUMBER = "instant", "local_time", "date", "number"
_PARSERS: dict[str, Callable[[str], Cursor]] = {
    _INSTANT: datetime.fromisoformat,
    _LOCAL_TIME: datetime.fromisoformat,
    _DATE: date.fromisoformat,
    _NUMBER: Decimal,
}
_DAY_SECONDS = 86_400
_DIGEST_BYTES = 16
_REMEMBERED_ROWS = 200_000


class CursorTypeError(TypeError):
    """The cursor column holds something else than it should."""


class Window:
    """The newest cursor value, and the rows within the overlap below it.

    A pull begins at the lower end and meets the rows in the order of their cursor.
    Rows with equal cursor values cannot be told apart by it, and a transaction may
    commit a row below the newest value, so what lies in the window is read again and
    known by its hash. No more than 200,000 rows are remembered; of a larger window
    some rows come again, which does no harm downstream.

    A row dated in the future counts as now: it must not hide what comes after it.
    """

    def __init__(
        self, known: Mapping[str, Any], overlap: int, now: datetime, zone: ZoneInfo
    ) -> None:
        """Take what `known` returned after the pull before; empty at the first.

        `now` is the time in UTC, `zone` the zone of times that name none.
        Raises KeyError, ValueError, TypeError or ArithmeticError when `known` is
        damaged.
        """
        local = now.astimezone(zone).replace(tzinfo=None)
        self._now = {_INSTANT: now, _LOCAL_TIME: local, _DATE: local.date()}
        self._overlap = overlap
        self._kind: str | None = None
        self._newest: Cursor = None
        self._seen: frozenset[str] = frozenset()
        self._rows: deque[tuple[Cursor, str]] = deque(maxlen=_REMEMBERED_ROWS)
        self.new_count = 0
        self.repeated_count = 0
        if known:
            self._kind = known["kind"]
            self._newest = _PARSERS[known["kind"]](known["newest"])
            self._seen = frozenset(known["seen"])
            if kind_of(self._newest) != self._kind:
                raise ValueError("the newest value is not of its kind")

    @property
    def start(self) -> Cursor:
        """Where the pull begins; None for the beginning."""
        return None if self._newest is None else self._below(self._newest)

    def takes(self, cursor: Cursor, line: bytes) -> bool:
        """Note a row and tell whether it is new; raises CursorTypeError.

        A row that was changed and changed back is new: its cursor value is another.
        """
        self._move_to(cursor)
        row = _text(cursor).encode() + b"\n" + line
        digest = hashlib.blake2b(row, digest_size=_DIGEST_BYTES).hexdigest()
        self._rows.append((cursor, digest))
        is_new = digest not in self._seen
        self.new_count += is_new
        self.repeated_count += not is_new
        return is_new

    def known(self) -> dict[str, Any]:
        """Return what the next pull has to know, as JSON; empty before any row."""
        if self._kind is None:
            return {}
        return {
            "kind": self._kind,
            "newest": _text(self._newest),
            "seen": [digest for _, digest in self._rows],
        }

    def _move_to(self, cursor: Cursor) -> None:
        kind = kind_of(cursor)
        if self._kind not in {None, kind}:
            raise CursorTypeError(f"it was a {self._kind} and is now a {kind}")
        self._kind = kind
        reached = min(cursor, self._now.get(kind, cursor))
        if self._newest is not None and reached <= self._newest:
            return
        self._newest = reached
        start = self._below(reached)
        while self._rows and self._rows[0][0] < start:
            self._rows.popleft()

    def _below(self, cursor: Cursor) -> Cursor:
        """Return the cursor value by the overlap lower."""
        if self._kind == _NUMBER:
            return cursor - self._overlap
        if self._kind == _DATE:
            return cursor - timedelta(days=-(-self._overlap // _DAY_SECONDS))
        return cursor - timedelta(seconds=self._overlap)


def kind_of(cursor: Cursor) -> str:
    """Return what kind of cursor value it is; raises CursorTypeError."""
    if isinstance(cursor, datetime):
        return _LOCAL_TIME if cursor.tzinfo is None else _INSTANT
    if isinstance(cursor, date):
        return _DATE
    is_whole = isinstance(cursor, int | Decimal) and not isinstance(cursor, bool)
    if is_whole and Decimal(cursor).is_finite():
        return _NUMBER
    raise CursorTypeError("it holds no times, dates or whole numbers")


def _text(cursor: Cursor) -> str:
    if isinstance(cursor, datetime) and cursor.tzinfo is not None:
        return cursor.astimezone(UTC).isoformat()
    return cursor.isoformat() if isinstance(cursor, date) else str(cursor)
