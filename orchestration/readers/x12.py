"""X12 interchanges as segments, each with the envelope it stands in.

Separators are those that each interchange declares; line breaks, a byte order
mark or prose around interchanges do not matter. It leaves out what a segment
means: a bad transaction is kept and does not lose its neighbours.
"""

from collections.abc import Generator, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.raw import LABEL, X12_SEGMENTS, reader_schema
from orchestration.readers.records import (
    KEPT_BYTES,
    RECORD_LIMIT,
    Batch,
    Item,
    reject,
    warning,
)
from orchestration.readers.stream import HEAD_BYTES, Stream
from orchestration.readers.x12_envelopes import Envelopes
from orchestration.readers.x12_split import (
    HEADER_LIMIT,
    Delimiters,
    Segments,
    headers,
    split,
)

_SCHEMA = reader_schema(X12_SEGMENTS)
_GAP_BYTES = 64


def read_x12(stream: Stream) -> Iterator[Item]:
    """Yield the segments of a file; `_position` is the segment number from 1.

    Wrong or missing trailers are warnings: their segments are loaded.
    """
    reader = _Reader()
    for chunk in stream.chunks():
        yield from reader.feed(chunk)
        if reader.has_given_up:
            return
    yield from reader.finish(stream.broken)


class _Reader:
    """Reads one file chunk by chunk; a chunk may end anywhere."""

    def __init__(self) -> None:
        self._pending = b""
        self._is_skipping = False
        self._delimiters: Delimiters | None = None
        self._position = 0
        self._envelopes = Envelopes()
        self.has_given_up = False

    def feed(self, chunk: bytes) -> Iterator[Item]:
        text = self._pending + chunk
        if self._is_skipping and self._delimiters:
            _, found, text = text.partition(self._delimiters.terminator)
            self._is_skipping = not found
        end = _end_of_whole_headers(text)
        done = yield from self._read_interchanges(text[:end])
        self._pending = text[done:]
        yield from self._limit_pending()

    def finish(self, broken: str | None) -> Iterator[Item]:
        """Yield what the end of the file leaves, and what is wrong with it."""
        done = yield from self._read_interchanges(self._pending)
        rest = self._pending[done:]
        if self._delimiters is None:
            yield reject(1, "missing_isa", rest[:KEPT_BYTES], detail=broken or "")
            return
        if broken:
            yield reject(self._position + 1, "broken_stream", rest, detail=broken)
        elif rest.strip():
            yield from self._read_unterminated(rest, self._delimiters)
        self._envelopes.finish(self._position)
        yield from self._envelopes.warnings()

    def _read_interchanges(self, text: bytes) -> Generator[Item, None, int]:
        """Yield the whole segments of a text; return how much of it was read."""
        done = 0
        for header in headers(text):
            before = text[max(done, header.start - _GAP_BYTES) : header.start]
            if header.delimiters != self._delimiters or not self._is_closed(before):
                yield from self._read_piece(text[done : header.start].rstrip())
                self._delimiters = header.delimiters
                done = header.start
        if self._delimiters is None:
            return done
        end = max(text.rfind(self._delimiters.terminator) + 1, done)
        yield from self._read_piece(text[done:end])
        return end

    def _is_closed(self, before: bytes) -> bool:
        """Tell whether the text before a header is none or ends in a terminator."""
        closed = before.rstrip()
        gap = before[len(closed) :]
        terminator = self._delimiters.terminator if self._delimiters else b""
        return not closed or closed.endswith(terminator) or terminator in gap

    def _read_piece(self, text: bytes) -> Iterator[Item]:
        if self._delimiters is None:
            if text.strip():
                yield reject(1, "outside_interchange", text)
            return
        segments = split(text, self._delimiters)
        if not len(segments):
            return
        positions = np.arange(len(segments), dtype=np.int64) + self._position + 1
        self._position += len(segments)
        unnamed = segments.id_lengths == 0
        has_nul = _with_nul(segments) & ~unnamed
        yield from _rejects(segments, positions, unnamed, "bad_segment_id")
        yield from _rejects(segments, positions, has_nul, "nul_byte")
        good = ~(unnamed | has_nul)
        if good.any():
            yield from self._batch(segments.where(good), positions[good])

    def _batch(
        self, segments: Segments, positions: npt.NDArray[np.int64]
    ) -> Iterator[Item]:
        delimiters = self._delimiters
        if delimiters is None:
            return
        places = self._envelopes.follow(segments, positions, delimiters.element)
        yield from self._envelopes.warnings()
        try:
            texts = segments.texts()
        except pa.ArrowInvalid:
            texts, odd = _decode(segments)
            yield warning(int(positions[odd]), "read_as_latin1", segments.segment(odd))
        columns = [
            pa.array(positions),
            *places.columns(),
            segments.ids,
            texts,
            *(_constant(value, len(segments)) for value in _declared(delimiters)),
        ]
        yield Batch(X12_SEGMENTS, pa.record_batch(columns, schema=_SCHEMA))

    def _read_unterminated(self, rest: bytes, delimiters: Delimiters) -> Iterator[Item]:
        """Read what follows the last terminator: whole if it ends an interchange."""
        position = self._position + 1
        if rest.lstrip().startswith(b"IEA" + delimiters.element):
            yield warning(position, "unterminated", rest)
            yield from self._read_piece(rest.rstrip())
        else:
            yield reject(position, "unterminated", rest)

    def _limit_pending(self) -> Iterator[Item]:
        if self._delimiters is None:
            if len(self._pending) > HEAD_BYTES:
                self.has_given_up = True
                yield reject(1, "missing_isa", self._pending[:KEPT_BYTES])
        elif len(self._pending) > RECORD_LIMIT:
            self._position += 1
            yield reject(self._position, "too_long", self._pending[:KEPT_BYTES])
            self._pending, self._is_skipping = b"", True


def _end_of_whole_headers(text: bytes) -> int:
    """Return where to stop so that no header is cut by the end of the text."""
    whole = {header.start for header in headers(text[-2 * HEADER_LIMIT :])}
    offset = max(len(text) - 2 * HEADER_LIMIT, 0)
    start = text.find(b"ISA", max(len(text) - HEADER_LIMIT, 0))
    while start >= 0:
        if start - offset not in whole:
            return start
        start = text.find(b"ISA", start + 1)
    return len(text)


def _with_nul(segments: Segments) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(segments), dtype=bool)
    if b"\0" in segments.text:
        found[:] = [b"\0" in segments.segment(row) for row in range(len(segments))]
    return found


def _rejects(
    segments: Segments,
    positions: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.bool_],
    code: str,
) -> Iterator[Item]:
    """Yield one reject for each run of neighbours that were chosen."""
    rows = np.flatnonzero(chosen)
    if not len(rows):
        return
    for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        text = segments.text[segments.starts[run[0]] : segments.ends[run[-1]]]
        yield reject(int(positions[run[0]]), code, text, count=len(run))


def _decode(segments: Segments) -> tuple[pa.StringArray, int]:
    """Return the texts, Latin-1 where they are not UTF-8, and the first such row."""
    texts: list[str] = []
    odd = -1
    for row in range(len(segments)):
        segment = segments.segment(row)
        try:
            texts.append(segment.decode("utf-8"))
        except UnicodeDecodeError:
            odd = row if odd < 0 else odd
            texts.append(segment.decode("latin-1"))
    return pa.array(texts, pa.string()), max(odd, 0)


def _declared(delimiters: Delimiters) -> list[bytes | None]:
    return [
        delimiters.element,
        delimiters.component,
        delimiters.repetition,
        delimiters.terminator,
    ]


def _constant(value: bytes | None, count: int) -> pa.DictionaryArray:
    text = None if value is None else value.decode("latin-1")
    codes = pa.array(np.zeros(count, dtype=np.int32))
    if text is None:
        return pa.nulls(count, LABEL)
    return pa.DictionaryArray.from_arrays(codes, pa.array([text], pa.string()))
