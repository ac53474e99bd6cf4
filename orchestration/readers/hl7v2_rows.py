"""HL7 v2 text, cut before each header, as rows of the raw table and rejects.

Also under which number each segment stands in its message. It leaves out how a
file is cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.raw import HL7V2_SEGMENTS, LABEL, reader_schema
from orchestration.readers.hl7v2_envelopes import Envelopes
from orchestration.readers.hl7v2_headers import Header, Opening, opening
from orchestration.readers.hl7v2_split import (
    BLOCK_BYTES,
    Lines,
    Mask,
    Offsets,
    parts,
    split,
)
from orchestration.readers.hl7v2_units import Unit, Units, pieces
from orchestration.readers.records import (
    KEPT_BYTES,
    RECORD_LIMIT,
    Batch,
    Item,
    reject,
    warning,
)

_SCHEMA = reader_schema(HL7V2_SEGMENTS)
_NO_HEADER = Header(*(None,) * len(Header._fields))


@dataclass(frozen=True)
class _Block:
    """Some lines, the units that they are pieces of, and which line is in which.

    `firsts` is the first line of each piece, `piece` the piece of each line, and
    `numbers` counts the lines of each unit from 1.
    """

    lines: Lines
    units: list[Unit]
    firsts: Offsets
    piece: Offsets
    numbers: Offsets

    def each(self, values: list[int]) -> Offsets:
        """Return for each line the value of its piece."""
        return np.array(values, dtype=np.int64)[self.piece]


class SegmentRows:
    """Makes the rows of one file from its text, in order."""

    def __init__(self, *, is_utf8: bool) -> None:
        """`is_utf8`: the text is in UTF-8, whatever a message declares."""
        self._units = Units(is_utf8=is_utf8)
        self._unit = Unit()
        self._envelopes = Envelopes()
        self._position = 0
        self._has_warned = False
        self._waiting: list[tuple[Unit, bytes]] = []
        self._waiting_bytes = 0

    def add(self, text: bytes) -> Iterator[Item]:
        """Take whole lines: a header and what follows, or more of what came last."""
        for part in parts(text, RECORD_LIMIT):
            # A line that is too long may not have come whole: only its start counts.
            opened = opening(part[:RECORD_LIMIT])
            if opened:
                self._unit = self._units.open(opened, part)
            else:
                # What waits must not be refused for what comes now.
                yield from self.flush()
            if len(part) > RECORD_LIMIT:
                yield from self._reject_long(part, opened)
                continue
            for piece in pieces(self._unit, opened, part):
                self._waiting.append((self._unit, piece))
                self._waiting_bytes += len(piece)
                if self._waiting_bytes >= BLOCK_BYTES:
                    yield from self.flush()

    def flush(self) -> Iterator[Item]:
        """Yield what was taken so far."""
        if not self._waiting:
            return
        units, texts = zip(*self._waiting, strict=True)
        self._waiting, self._waiting_bytes = [], 0
        block = self._numbered(list(units), texts)
        is_kept = block.numbers <= block.each([unit.kept for unit in units])
        yield from self._envelopes.warnings()
        yield from self._guesses(block)
        yield from self._refused(block, is_kept)
        separators = block.each([_separator(unit) for unit in units])
        has_id = block.lines.have_id(separators)
        has_nul = block.lines.have_nul()
        yield from self._runs(block, is_kept & ~has_id, "bad_segment_id")
        yield from self._runs(block, is_kept & has_id & has_nul, "nul_byte")
        rows = np.flatnonzero(is_kept & has_id & ~has_nul)
        if len(rows):
            columns = [self._positions(rows), *_columns(block, rows)]
            yield Batch(HL7V2_SEGMENTS, pa.record_batch(columns, schema=_SCHEMA))
        self._position += len(block.lines)

    def finish(self, rest: bytes, broken: str | None) -> Iterator[Item]:
        """Yield what is left at the end; `rest` is a line that was cut off."""
        yield from self.flush()
        if broken:
            self._position += 1
            yield reject(self._position, "broken_stream", rest, detail=broken)
        self._envelopes.finish(self._position)
        yield from self._envelopes.warnings()

    def _positions(self, rows: Offsets) -> pa.Array:
        return pa.array(rows + (self._position + 1))

    def _numbered(self, units: list[Unit], texts: tuple[bytes, ...]) -> _Block:
        """Cut texts into lines and number the lines of each unit."""
        lines = split(b"\r".join(texts))
        lengths = np.array([len(text) + 1 for text in texts])
        firsts = np.searchsorted(lines.begins, np.cumsum(lengths) - lengths)
        counts = np.diff(np.append(firsts, len(lines)))
        piece = np.repeat(np.arange(len(units)), counts)
        before = []
        for unit, first, count in zip(
            units, firsts.tolist(), counts.tolist(), strict=True
        ):
            if unit.name and not unit.lines:
                segment = b"" if unit.name == b"MSH" else lines.line(first)
                unit.batch_index = self._envelopes.enter(
                    unit.name, self._position + first + 1, segment
                )
            before.append(unit.lines)
            unit.lines += count
        numbers = np.arange(len(lines)) - (firsts - np.array(before))[piece] + 1
        return _Block(lines, units, firsts, piece, numbers)

    def _guesses(self, block: _Block) -> Iterator[Item]:
        """Remark once in a file that a character set had to be guessed."""
        if self._has_warned:
            return
        for unit, first in zip(block.units, block.firsts.tolist(), strict=True):
            if unit.was_guessed:
                self._has_warned = True
                position, line = self._position + first + 1, block.lines.line(first)
                yield warning(position, "read_as_latin1", line)
                return

    def _refused(self, block: _Block, is_kept: Mask) -> Iterator[Item]:
        """Yield one reject for the lines of a piece that are not kept: its last."""
        counts = np.bincount(block.piece[~is_kept], minlength=len(block.units))
        ends = np.append(block.firsts[1:], len(block.lines))
        for piece in np.flatnonzero(counts).tolist():
            count, end = int(counts[piece]), int(ends[piece])
            text = block.lines.between(end - count, end)
            position = self._position + end - count + 1
            yield reject(position, block.units[piece].code, text, count=count)

    def _runs(self, block: _Block, chosen: Mask, code: str) -> Iterator[Item]:
        """Yield one reject for each run of neighbours in a piece that were chosen."""
        rows = np.flatnonzero(chosen)
        if not len(rows):
            return
        is_apart = (np.diff(rows) > 1) | (np.diff(block.piece[rows]) > 0)
        bounds = [0, *(np.flatnonzero(is_apart) + 1).tolist(), len(rows)]
        firsts, ends = rows[bounds[:-1]], rows[np.array(bounds[1:]) - 1] + 1
        for first, end in zip(firsts.tolist(), ends.tolist(), strict=True):
            text = block.lines.between(first, end)
            yield reject(self._position + first + 1, code, text, count=end - first)

    def _reject_long(self, text: bytes, opened: Opening | None) -> Iterator[Item]:
        """Reject one line for its length, and what follows it if it is a header."""
        yield from self.flush()
        self._position += 1
        kept = text[:KEPT_BYTES]
        if opened:
            self._envelopes.enter(opened.name, self._position, kept[opened.start :])
            self._unit.refuse("bad_header")
        self._unit.lines += 1
        yield reject(self._position, "too_long", kept)


def _separator(unit: Unit) -> int:
    """Return the field separator as a number, 0 when there is none."""
    return ord((unit.header and unit.header.field_separator) or b"\0")


def _columns(block: _Block, rows: Offsets) -> Iterator[pa.Array]:
    """Yield the raw table's own columns for some lines, in order."""
    message = block.each([unit.message_index for unit in block.units])[rows]
    yield pa.array(message)
    yield pa.array(np.where(message > 0, block.numbers[rows], 0))
    yield pa.array(block.each([unit.batch_index for unit in block.units])[rows])
    piece = pa.array(block.piece[rows])
    headers = [unit.header or _NO_HEADER for unit in block.units]
    for name, values in zip(Header._fields, zip(*headers, strict=True), strict=True):
        column = pa.array(values, pa.string())
        is_label = _SCHEMA.field(name).type == LABEL
        yield (column.dictionary_encode() if is_label else column).take(piece)
    yield block.lines.ids(rows)
    yield block.lines.texts(rows)
