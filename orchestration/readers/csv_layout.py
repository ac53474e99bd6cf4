"""How a CSV file is written, and which feed its header means.

It leaves out the rows.
"""

import codecs
import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.feeds import FEEDS, SYNTHEA, Feed
from orchestration.readers.records import KEPT_BYTES

ColumnMapping = Mapping[str, Mapping[str, str]]
"""For a feed, the feed's column for each of the sender's columns in lower case."""

_DELIMITERS = ",;\t|"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_COLUMN_NAME = re.compile(r"\w[\w .#/()-]{0,63}")
_MIN_MATCHES = 2
_MIN_SHARE = 0.5


@dataclass(frozen=True)
class Layout:
    """How a CSV file is written, and the feed that its header fits best, if any."""

    delimiter: str
    is_utf16: bool
    newline: bytes
    header: tuple[str, ...]
    second_width: int
    feed: Feed | None

    @property
    def is_table(self) -> bool:
        """Whether it looks like CSV, whatever its columns mean."""
        has_names = all(_COLUMN_NAME.fullmatch(name) for name in self.header)
        return has_names and 1 < len(self.header) == self.second_width

    @property
    def missing(self) -> tuple[str, ...]:
        """The required columns that the header lacks."""
        required = self.feed.required if self.feed else ()
        return tuple(name for name in required if name not in self.header)

    @property
    def has_duplicates(self) -> bool:
        """Whether two columns have the same name."""
        return len(set(self.header)) < len(self.header)


def layout_of(head: bytes, columns: ColumnMapping) -> Layout | None:
    """Return the layout of a CSV file from its first bytes, None when it is none.

    A header that has all the sender's columns that `columns` names for a feed is of
    that feed, and these columns get the names they have there.
    """
    is_utf16 = head.startswith(_UTF16)
    if is_utf16:
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    head = head.removeprefix(codecs.BOM_UTF8)
    newline = b"\n" if b"\n" in head or b"\r" not in head else b"\r"
    lines = [line for line in head.split(newline) if line.strip()]
    if not lines or len(lines[0]) > KEPT_BYTES or b"\0" in lines[0]:
        return None
    layouts = [
        _layout(lines[:2], delimiter, is_utf16, newline, columns)
        for delimiter in _DELIMITERS
    ]
    return max(layouts, key=lambda found: (_fit(found), len(found.header)))


def _layout(
    lines: list[bytes],
    delimiter: str,
    is_utf16: bool,
    newline: bytes,
    columns: ColumnMapping,
) -> Layout:
    names, *others = (_fields(line, delimiter) for line in lines)
    names, feed = _mapped([name.strip() for name in names], columns)
    feed = feed or feed_of(tuple(name.lower() for name in names))
    numbered = enumerate(names, start=1)
    header = tuple(_column_name(name, number, feed) for number, name in numbered)
    second_width = len(others[0]) if others else 0
    return Layout(delimiter, is_utf16, newline, header, second_width, feed)


def _mapped(names: list[str], columns: ColumnMapping) -> tuple[list[str], Feed | None]:
    """Rename the sender's columns to the feed's where a feed names them all."""
    lower = {name.lower() for name in names}
    for feed, mapping in columns.items():
        if lower >= mapping.keys():
            return [mapping.get(name.lower(), name) for name in names], FEEDS[feed]
    return names, None


def _fields(line: bytes, delimiter: str) -> list[str]:
    text = decode(line[:KEPT_BYTES]).strip("\r\n")
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _column_name(name: str, number: int, feed: Feed | None) -> str:
    """Return a name of the feed in lower case, any other as it is."""
    if feed and name.lower() in feed.columns:
        return name.lower()
    return name or f"column_{number}"


def _fit(layout: Layout) -> int:
    return _matches(layout.feed, layout.header) if layout.feed else 0


def _matches(feed: Feed, header: tuple[str, ...]) -> int:
    return len(set(feed.columns) & set(header))


def feed_of(header: tuple[str, ...]) -> Feed | None:
    """Return the feed that a header in lower case means, if any.

    The feed with the most columns in common wins, then the one that lacks none it
    requires. A feed that lacks one must have half of the columns in common, so that
    a foreign file is not taken for a damaged one; one of Synthea's files must lack
    none, as a program writes them.
    """
    known = [feed for feed in SYNTHEA.values() if set(feed.required) <= set(header)]
    best = max(
        (*FEEDS.values(), *known),
        key=lambda feed: (
            _matches(feed, header),
            set(feed.required) <= set(header),
            len(feed.required),
        ),
    )
    matches = _matches(best, header)
    smaller = min(len(header), len(best.columns))
    is_whole = set(best.required) <= set(header)
    is_likely = matches >= _MIN_MATCHES and matches >= _MIN_SHARE * smaller
    return best if is_whole or is_likely else None


def decode(line: bytes) -> str:
    """Return a line as UTF-8 or else as Windows-1252, losing no byte."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "backslashreplace")
