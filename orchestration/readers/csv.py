"""Flat CSV in the known feeds: any delimiter, encoding and column order.

Values stay text as received, also where they look like a formula. It leaves out
what the columns mean.
"""

import codecs
import csv
from collections import deque
from collections.abc import Iterator

import orjson
import pyarrow as pa

from orchestration.feeds import Feed
from orchestration.raw import reader_schema
from orchestration.readers.csv_layout import ColumnMapping, Layout, decode, layout_of
from orchestration.readers.records import (
    KEPT_BYTES,
    RECORD_LIMIT,
    Batch,
    Item,
    reject,
)
from orchestration.readers.stream import Stream

_BATCH_ROWS = 50_000
_BATCH_BYTES = 32 << 20
_ROW_LINES = 1 << 20  # so that short lines do not take more memory than long ones


def read_csv(stream: Stream, columns: ColumnMapping) -> Iterator[Item]:
    """Yield the rows of a known feed; `_position` is the data row from 1.

    `columns` maps the sender's columns to those of a feed. Blank lines are no rows,
    and a header that comes again, as where files were joined, is no data.
    A file without a required column is one reject.
    """
    layout = layout_of(stream.head, columns)
    code, detail = "unknown_format", ""
    if layout and not layout.feed:
        code = "unknown_columns"
    elif layout and layout.missing:
        code, detail = "missing_columns", ", ".join(layout.missing)
    elif layout and layout.has_duplicates:
        code = "duplicate_columns"
    elif layout and layout.feed:
        yield from _Rows(stream, layout, layout.feed).read()
        return
    yield reject(1, code, stream.head[:KEPT_BYTES], detail=detail)


class _Lines:
    """The lines of a file, for the CSV parser; those of a failed row come again.

    A row goes on to its next line only inside a quoted value. A failed row found no
    end from inside a quoted value at any of its lines. So a line of it that opens a
    quote when it comes again, and would reach the next line in the same state, would
    find none either: it is given no next line. Only the last, where the row failed,
    may begin a longer row. Thus no line is parsed more than twice.
    """

    def __init__(self, stream: Stream, layout: Layout) -> None:
        chunks = stream.chunks()
        if layout.encoding:
            chunks = _utf8(chunks, layout.encoding)
        blocks = stream.split(chunks, layout.newline)
        self._lines = (line for block in blocks for line in block)
        self._returned: deque[bytes] = deque()
        self._newline = layout.newline.decode()
        self.taken: list[bytes] = []
        self.size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.taken and self._returned:
            raise StopIteration
        line = self._returned.popleft() if self._returned else next(self._lines, None)
        if line is None:
            raise StopIteration
        self.taken.append(line)
        self.size += len(line)
        if self.size > RECORD_LIMIT or len(self.taken) > _ROW_LINES:
            raise csv.Error("the row is too long")
        return decode(line) + self._newline

    def begin_row(self) -> None:
        """Forget the lines taken for the row before."""
        self.taken.clear()
        self.size = 0

    def keep_first(self) -> None:
        """Give back all lines taken but the first: the row failed."""
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


class _Rows:
    """Reads the rows of one file; a row's text is kept until it is known good."""

    def __init__(self, stream: Stream, layout: Layout, feed: Feed) -> None:
        self._stream = stream
        self._layout = layout
        self._feed = feed
        self._lines = _Lines(stream, layout)
        self._position = 0
        self._size = 0
        self._rows: list[list[str]] = []
        self._positions: list[int] = []

    def read(self) -> Iterator[Item]:
        rows = self._parsed()
        for _ in range(self._layout.first_row + 1):
            next(rows, None)
        for row in rows:
            self._position += 1
            code = self._why_not(row)
            if row is None or code:
                yield self._reject(code or "bad_quoting")
                continue
            self._rows.append(row)
            self._positions.append(self._position)
            self._size += self._lines.size
            if len(self._rows) == _BATCH_ROWS or self._size > _BATCH_BYTES:
                yield self._batch()
        if self._rows:
            yield self._batch()
        if self._stream.broken:
            yield reject(
                self._position + 1,
                "broken_stream",
                self._stream.remainder,
                detail=self._stream.broken,
            )

    def _parsed(self) -> Iterator[list[str] | None]:
        """Yield each row that is not blank, None where the parser gives up.

        A spreadsheet fills its last rows with empty fields: they are blank, too.
        """
        csv.field_size_limit(RECORD_LIMIT)
        rows = self._layout.dialect.rows(self._lines)
        while True:
            self._lines.begin_row()
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error:
                yield None
            else:
                if "".join(row).strip():
                    yield row

    def _why_not(self, row: list[str] | None) -> str | None:
        """Return the reason code why a row is not read, if any.

        A quote that is never closed swallows what follows: only the line it opens
        in is to blame, the others are given back.
        """
        if row is None:
            self._lines.keep_first()
        for line in self._lines.taken:
            if len(line) > RECORD_LIMIT:
                return "too_long"
            if b"\0" in line:
                return "nul_byte"
        if row is None:
            return "bad_quoting"
        if len(row) != len(self._layout.header):
            return "field_count"
        return "repeated_header" if self._is_header(row) else None

    def _is_header(self, row: list[str]) -> bool:
        names = self._layout.names
        return row[0].strip().lower() == names[0] and names == tuple(
            value.strip().lower() for value in row
        )

    def _reject(self, code: str) -> Item:
        text = self._layout.newline.join(self._lines.taken).removesuffix(b"\r")
        return reject(
            self._position, code, text[:KEPT_BYTES] if code == "too_long" else text
        )

    def _batch(self) -> Batch:
        columns = zip(*self._rows, strict=True)
        values = dict(zip(self._layout.header, columns, strict=True))
        count = len(self._rows)
        arrays = [pa.array(self._positions, pa.int64())]
        arrays += [
            pa.array(values[name], pa.string())
            if name in values
            else pa.nulls(count, pa.string())
            for name in self._feed.columns
        ]
        arrays.append(self._extra(values, count))
        schema = reader_schema(self._feed.name)
        self._rows, self._positions, self._size = [], [], 0
        return Batch(self._feed.name, pa.record_batch(arrays, schema=schema))

    def _extra(self, values: dict[str, tuple[str, ...]], count: int) -> pa.Array:
        names = [name for name in values if name not in self._feed.columns]
        if not names:
            return pa.nulls(count, pa.string())
        rows = zip(*(values[name] for name in names), strict=True)
        objects = [orjson.dumps(dict(zip(names, row, strict=True))) for row in rows]
        return pa.array(objects, pa.string())


def _utf8(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Turn UTF-16 or UTF-32 into UTF-8, escaping what is damaged."""
    decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8")
    yield decoder.decode(b"", final=True).encode("utf-8")
