"""HL7 v2 messages as segments, each with what its message header declares.

Separators and character set are those that each message declares; line ends,
framing bytes, batch envelopes or prose around messages do not matter. It leaves
out what a segment means: a bad message does not lose its neighbours.
"""

import codecs
import re
from collections.abc import Generator, Iterator
from itertools import pairwise

from orchestration.readers.hl7v2_headers import opening
from orchestration.readers.hl7v2_rows import SegmentRows
from orchestration.readers.hl7v2_split import (
    JUNK,
    SEPARATOR,
    header_offsets,
    last_line_start,
    next_line_start,
    parts,
)
from orchestration.readers.records import RECORD_LIMIT, Item
from orchestration.readers.stream import Stream

_START = re.compile(rb"(?:[\s\x1c]|\xef\xbb\xbf)*(?:MSH|FHS|BHS)" + SEPARATOR)
_HEADER_INSIDE = re.compile(rb"(?:\A|[\r\n])(?=" + JUNK + rb"(?:MSH|FHS|BHS))")
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_NAMES = ("MSH", "FHS", "BHS")


def begins_as_hl7v2(head: bytes) -> bool:
    """Tell whether the first bytes of a file are a header, well formed or not."""
    return _START.match(_as_utf8(head)) is not None


def contains_hl7v2(head: bytes) -> bool:
    """Tell whether a well formed header begins any line in a file's first bytes."""
    text = _as_utf8(head)
    found = (opening(text[match.end() :]) for match in _HEADER_INSIDE.finditer(text))
    return any(opened and opened.header for opened in found)


def read_hl7v2(stream: Stream) -> Iterator[Item]:
    """Yield the segments of a file; `_position` is the segment number from 1.

    Blank lines are no segments. A message is rejected whole when its header or its
    character set cannot be read. Wrong counts and missing trailers of batches are
    warnings. A message longer than RECORD_LIMIT is judged in parts of that length.
    """
    codec = _utf16_codec(stream.head)
    reader = _Reader(SegmentRows(is_utf8=codec is not None))
    for chunk in _utf8(stream.chunks(), codec) if codec else stream.chunks():
        yield from reader.feed(chunk)
    yield from reader.finish(stream.broken)


class _Reader:
    """Cuts one file before each header, chunk by chunk; a chunk may end anywhere."""

    def __init__(self, rows: SegmentRows) -> None:
        self._rows = rows
        self._pending = b""
        self._searched = 0  # where in it the last line begins, no header before
        self._is_skipping = False

    def feed(self, chunk: bytes) -> Iterator[Item]:
        text = self._pending + chunk
        if self._is_skipping:
            text = self._skip(text)
        if not self._is_skipping:
            end = last_line_start(text, self._searched, len(text))
            done = yield from self._read_before_headers(text, end)
            self._pending, self._searched = text[done:], end - done
            yield from self._limit_pending()
        yield from self._rows.flush()

    def finish(self, broken: str | None) -> Iterator[Item]:
        """Yield what the end of the file leaves, and what is wrong with it."""
        text = b"" if self._is_skipping else self._pending
        end = last_line_start(text, self._searched, len(text)) if broken else len(text)
        done = yield from self._read_before_headers(text, end)
        yield from self._rows.add(text[done:end])
        yield from self._rows.finish(text[end:], broken)

    def _read_before_headers(self, text: bytes, end: int) -> Generator[Item, None, int]:
        """Read up to the last header that begins before `end`; return where that is."""
        searched = header_offsets(text[self._searched : end])
        cuts = [0, *(self._searched + offset for offset in searched)]
        for start, stop in pairwise(cuts):
            yield from self._rows.add(text[start:stop])
        return cuts[-1]

    def _limit_pending(self) -> Iterator[Item]:
        """Read what there is of a message that is too long to be kept waiting."""
        if len(self._pending) <= RECORD_LIMIT:
            return
        *whole, rest = parts(self._pending, RECORD_LIMIT)
        if len(rest) > RECORD_LIMIT:
            whole.append(rest)
            self._is_skipping = not rest.endswith((b"\r", b"\n"))
            rest = rest[-1:] if self._is_skipping else b""
        for part in whole:
            yield from self._rows.add(part)
        self._searched = max(self._searched - sum(map(len, whole)), 0)
        self._pending = rest

    def _skip(self, text: bytes) -> bytes:
        """Return what follows the line that is skipped, once its end is found."""
        start = next_line_start(text)
        self._is_skipping = start is None
        self._pending, self._searched = text[-1:] if start is None else b"", 0
        return text[start:]


def _utf16_codec(head: bytes) -> str | None:
    """Return the codec of a file in UTF-16, by its mark or its first header."""
    for codec in _MARKS.values():
        if head.startswith(tuple(name.encode(codec) for name in _NAMES)):
            return codec
    return _MARKS.get(head[:2])


def _as_utf8(head: bytes) -> bytes:
    codec = _utf16_codec(head)
    return head.decode(codec, "replace").encode() if codec else head


def _utf8(chunks: Iterator[bytes], codec: str) -> Iterator[bytes]:
    """Turn UTF-16 into UTF-8; what is damaged becomes bytes that are no UTF-8."""
    decoder = codecs.getincrementaldecoder(codec)("surrogatepass")
    rest = b""
    for chunk in chunks:
        rest += chunk
        whole = len(rest) // 2 * 2
        yield decoder.decode(rest[:whole]).encode("utf-8", "surrogatepass")
        rest = rest[whole:]
    if rest or decoder.getstate()[0]:
        yield b"\xff"
