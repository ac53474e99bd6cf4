"""Values of a SQL database as text of a CSV file, each exactly or not at all.

It leaves out where they come from and where they go (`sql`).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID


class NotTextError(Exception):
    """A value has no plain text; `index` says which of the row, from 0."""

    def __init__(self, index: int) -> None:
        """Take the index of the value in its row."""
        super().__init__(f"value {index} has no plain text")
        self.index = index


def _time_text(value: datetime) -> str:
    """Write a time with a zone as UTC, one without as it is."""
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat()


# By exact type: whatever a driver makes of JSON, arrays, intervals or bytes has no
# one text, so it is refused and the query has to say what it should be.
_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    int: str,
    Decimal: lambda value: format(value, "f"),
    float: repr,  # the shortest text that is read back as the same number
    datetime: _time_text,
    date: date.isoformat,
    time: time.isoformat,
    UUID: str,
}


def csv_line(values: Sequence[object]) -> bytes:
    """Return one line of CSV in UTF-8.

    A null is nothing at all and every other value is in quotes, so that an empty
    text stays apart from a null. Raises NotTextError.
    """
    return (
        b",".join([_cell(index, value) for index, value in enumerate(values)]) + b"\n"
    )


def _cell(index: int, value: object) -> bytes:
    if value is None:
        return b""
    try:
        text = _TEXTS[type(value)](value)
        return b'"%s"' % text.replace('"', '""').encode()
    except (KeyError, ValueError, OverflowError):
        raise NotTextError(index) from None
