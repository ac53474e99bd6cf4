"""How a CSV file is written, and which feed its header means.

It leaves out the rows.
"""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from orchestration.feeds import FEEDS, SYNTHEA, Feed
from orchestration.readers.records import KEPT_BYTES

ColumnMapping = Mapping[str, Mapping[str, str]]
"""For a feed, the feed's column for each of the sender's columns in lower case."""

_DELIMITERS = ",;\t|"
# Tried where none of these makes a feed; a space would make a table of prose.
_RARE_DELIMITERS = "".join(
    character
    for character in map(chr, range(1, 127))
    if not character.isalnum() and character not in f"{_DELIMITERS} _\r\n\"'"
)
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Which of the first four bytes are zero, as column names are mostly ASCII.
_ZEROS = {
    "x0x0": "utf-16-le",
    "0x0x": "utf-16-be",
    "x000": "utf-32-le",
    "000x": "utf-32-be",
}
_UNIT_BYTES = 4
_SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?\s*', re.IGNORECASE)
_COLUMN_NAME = re.compile(r"\w[\w .#/()-]{0,63}")
_MIN_MATCHES = 2
_MIN_SHARE = 0.5


@dataclass(frozen=True)
class Dialect:
    """How fields are told apart; `skips_space` says that a space follows each."""

    delimiter: str
    quote: str = '"'
    skips_space: bool = False

    def rows(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Parse lines; raises csv.Error where the quoting of a row is broken."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            skipinitialspace=self.skips_space,
            strict=True,
        )


@dataclass(frozen=True)
class Layout:
    """How a CSV file is written, and the feed that its header fits best, if any.

    `encoding` is None where a byte is a character. `names` is the header as it
    stands there, in lower case; `first_row` is which row it is, from 0.
    """

    dialect: Dialect
    encoding: str | None
    newline: bytes
    names: tuple[str, ...]
    header: tuple[str, ...]
    first_row: int
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
    text = _text_of(head)
    if text is None:
        return None
    likely = [_layout(text, delimiter, columns) for delimiter in _DELIMITERS]
    found = max(likely, key=lambda layout: (_fit(layout), len(layout.header)))
    if found.feed:
        return found
    rare = [sign for sign in _RARE_DELIMITERS if sign.encode() in text.lines[0]]
    others = [_layout(text, delimiter, columns) for delimiter in rare]
    return max((found, *others), key=_fit)


@dataclass(frozen=True)
class _Text:
    """The header line and the next, and how they are told apart."""

    lines: list[bytes]
    encoding: str | None
    newline: bytes
    first_row: int


def _text_of(head: bytes) -> _Text | None:
    encoding = _encoding_of(head)
    if encoding:
        whole = head[: len(head) // _UNIT_BYTES * _UNIT_BYTES]
        head = whole.decode(encoding, "replace").encode()
    head = head.removeprefix(codecs.BOM_UTF8)
    newline = b"\n" if b"\n" in head or b"\r" not in head else b"\r"
    lines = [line for line in head.split(newline) if line.strip()]
    first_row = int(len(lines) > 1 and bool(_SEPARATOR_LINE.fullmatch(lines[0])))
    lines = lines[first_row : first_row + 2]
    if not lines or len(lines[0]) > KEPT_BYTES or b"\0" in lines[0]:
        return None
    return _Text(lines, encoding, newline, first_row)


def _encoding_of(head: bytes) -> str | None:
    """Return the encoding of text in units of two or four bytes, None for others."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    return _ZEROS.get("".join("x" if byte else "0" for byte in head[:_UNIT_BYTES]))


def _layout(text: _Text, delimiter: str, columns: ColumnMapping) -> Layout:
    dialect = _dialect(text.lines[0], delimiter)
    found, *others = (_fields(line, dialect) for line in text.lines)
    names = [name.strip() for name in found]
    renamed, feed = _mapped(names, columns)
    feed = feed or feed_of(tuple(name.lower() for name in renamed))
    numbered = enumerate(renamed, start=1)
    return Layout(
        dialect=dialect,
        encoding=text.encoding,
        newline=text.newline,
        names=tuple(name.lower() for name in names),
        header=tuple(_column_name(name, number, feed) for number, name in numbered),
        first_row=text.first_row,
        second_width=len(others[0]) if others else 0,
        feed=feed,
    )


def _dialect(header: bytes, delimiter: str) -> Dialect:
    """Tell from a header how its file is quoted.

    Single quotes count where it begins with one. Where a space follows each
    delimiter it belongs to no value, so that a quote behind it is one.
    """
    plain = Dialect(delimiter, "'" if header.lstrip().startswith(b"'") else '"')
    behind = header.decode("latin-1").split(delimiter)[1:]
    is_spaced = bool(behind) and all(name.startswith(" ") for name in behind)
    return replace(plain, skips_space=is_spaced)


def _mapped(names: list[str], columns: ColumnMapping) -> tuple[list[str], Feed | None]:
    """Rename the sender's columns to the feed's where a feed names them all."""
    lower = {name.lower() for name in names}
    for feed, mapping in columns.items():
        if lower >= mapping.keys():
            return [mapping.get(name.lower(), name) for name in names], FEEDS[feed]
    return names, None


def _fields(line: bytes, dialect: Dialect) -> list[str]:
    text = decode(line[:KEPT_BYTES]).strip("\r\n")
    try:
        return next(dialect.rows([text]), [])
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
