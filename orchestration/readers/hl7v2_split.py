"""HL7 v2 text cut into lines by vector operations, and where its headers are.

A line ends with CR, LF or both. The bytes that frame a message on the wire (MLLP:
VT before it, FS behind it), byte order marks and white space before a line belong
to none, and blank lines are none. It leaves out what a line says.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Offsets = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

JUNK = rb"(?:[ \t\x0b\x1c]|\xef\xbb\xbf)*"
"""What may stand before a line without belonging to it."""
SEPARATOR = rb"[^A-Za-z0-9 \r\n\x0b\x1c\0\x7f-\xff]"
"""What may separate: one ASCII character that is no letter, digit or space."""
HEADER_LINE = (
    JUNK
    + rb"(?P<name>MSH|(?:[FB]HS|[FB]TS)(?="
    + SEPARATOR
    + rb"|\x1c*(?:[\r\n]|\Z)|\x1c+\x0b))"
)
"""A line that begins a message or belongs to a batch envelope, well formed or not."""
BLOCK_BYTES = 4 << 20
"""How much text is cut at once, so that very short lines do not fill the memory."""

_CR, _LF, _VT, _FS = b"\r\n\x0b\x1c"
_LINE_END = re.compile(rb"[\r\n]|\x1c(?=\x0b)")
_JUNK = re.compile(JUNK)
_HEADER_LINE = re.compile(HEADER_LINE)
_STRIP_ROUNDS = 4
_PADDING = bytes(4)


def _table(characters: bytes) -> Mask:
    table = np.zeros(256, dtype=bool)
    table[list(characters)] = True
    return table


def _code(name: bytes) -> int:
    return int.from_bytes(name, "big")


_IS_SPACE = _table(b" \t\x0b\x1c")
_IS_UPPER = _table(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_IS_ID = _IS_UPPER | _table(b"0123456789")
_IS_SEPARATOR = _table(bytes(n for n in range(256) if re.match(SEPARATOR, bytes([n]))))
_ENVELOPES = [_code(name) for name in (b"FHS", b"BHS", b"BTS", b"FTS")]


@dataclass(frozen=True)
class Lines:
    """The lines of a text that are not blank: from `starts` to `ends`.

    `begins` is where a line begins with what stands before it.
    """

    text: bytes
    begins: Offsets
    starts: Offsets
    ends: Offsets

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, row: int) -> bytes:
        """Return one line without its end."""
        return self.text[self.starts[row] : self.ends[row]]

    def between(self, first: int, end: int) -> bytes:
        """Return the text from one line to the line before another."""
        return self.text[self.starts[first] : self.ends[end - 1]]

    def headers(self) -> Offsets:
        """Return which lines begin a message or are part of a batch envelope."""
        is_envelope = np.isin(self._codes, _ENVELOPES)
        after = self._data[self.starts + 3]
        is_envelope &= _IS_SEPARATOR[after] | (self.ends - self.starts == len(b"FHS"))
        return np.flatnonzero((self._codes == _code(b"MSH")) | is_envelope)

    def have_id(self, separators: Offsets) -> Mask:
        """Tell which lines begin with a segment identifier and their separator."""
        data, starts = self._data, self.starts
        found: Mask = _IS_UPPER[data[starts]] & _IS_ID[data[starts + 1]]
        found &= _IS_ID[data[starts + 2]]
        found &= (self.ends - starts == len(b"PID")) | (data[starts + 3] == separators)
        return found

    def have_nul(self) -> Mask:
        """Tell which lines contain a NUL byte."""
        if b"\0" not in self.text:
            return np.zeros(len(self), dtype=bool)
        is_nul = np.frombuffer(self.text, dtype=np.uint8) == 0
        found: Mask = np.logical_or.reduceat(is_nul, self.starts)
        return found

    def ids(self, rows: Offsets) -> pa.DictionaryArray:
        """Return the first three characters of some lines, which are ASCII."""
        encoded = pa.array(self._codes[rows]).dictionary_encode()
        names = [
            number.to_bytes(3, "big").decode("ascii")
            for number in encoded.dictionary.to_pylist()
        ]
        return pa.DictionaryArray.from_arrays(
            encoded.indices, pa.array(names, pa.string())
        )

    def texts(self, rows: Offsets) -> pa.StringArray:
        """Return some lines as text, which must be valid UTF-8."""
        bounds = np.stack([self.starts, self.ends], axis=1).astype(np.int32)
        lines_and_gaps = pa.StringArray.from_buffers(
            2 * len(self) - 1, pa.py_buffer(bounds), pa.py_buffer(self.text)
        )
        return lines_and_gaps.take(pa.array(2 * rows))

    @cached_property
    def _data(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(self.text + _PADDING, dtype=np.uint8)

    @cached_property
    def _codes(self) -> npt.NDArray[np.int32]:
        """The first three bytes of each line as a number."""
        first, second, third = (
            self._data[self.starts + n].astype(np.int32) for n in range(3)
        )
        return (first << 16) | (second << 8) | third


def split(text: bytes) -> Lines:
    """Cut a text into its lines."""
    data = np.frombuffer(text + _PADDING, dtype=np.uint8)
    is_end = (data == _CR) | (data == _LF)
    if b"\x1c\x0b" in text:
        is_end[:-1] |= (data[:-1] == _FS) & (data[1:] == _VT)
    ends = np.append(np.flatnonzero(is_end), len(text))
    begins = np.zeros_like(ends)
    begins[1:] = ends[:-1] + 1
    starts = _skip_junk(text, data, begins, ends)
    ends = _cut_frame(text, data, starts, ends)
    kept = starts < ends
    return Lines(text, begins[kept], starts[kept], ends[kept])


def _skip_junk(
    text: bytes, data: npt.NDArray[np.uint8], begins: Offsets, ends: Offsets
) -> Offsets:
    """Return the starts of lines behind what may stand before them."""
    starts = begins
    may_have_mark = codecs.BOM_UTF8 in text
    for _ in range(_STRIP_ROUNDS):
        steps = (_IS_SPACE[data[starts]] & (starts < ends)).astype(np.int64)
        if may_have_mark:
            for row in np.flatnonzero(data[starts] == codecs.BOM_UTF8[0]).tolist():
                is_mark = text.startswith(codecs.BOM_UTF8, starts[row])
                steps[row] = len(codecs.BOM_UTF8) * is_mark
        if not steps.any():
            return starts
        starts = starts + steps
    starts = starts.copy()
    is_left = _IS_SPACE[data[starts]] | (data[starts] == codecs.BOM_UTF8[0])
    for row in np.flatnonzero(is_left & (starts < ends)).tolist():
        found = _JUNK.match(text, starts[row], ends[row])
        starts[row] = found.end() if found else starts[row]
    return starts


def _cut_frame(
    text: bytes, data: npt.NDArray[np.uint8], starts: Offsets, ends: Offsets
) -> Offsets:
    """Return the ends of lines before the bytes that close a frame."""
    if b"\x1c" not in text:
        return ends
    is_framed = (data[ends - 1] == _FS) & (starts < ends)
    ends = ends - is_framed
    for row in np.flatnonzero((data[ends - 1] == _FS) & (starts < ends)).tolist():
        ends[row] = starts[row] + len(text[starts[row] : ends[row]].rstrip(b"\x1c"))
    return ends


def header_offsets(text: bytes) -> list[int]:
    """Return where the lines begin that begin a message or belong to an envelope."""
    found: list[int] = []
    offset = 0
    for part in parts(text, BLOCK_BYTES):
        if len(part) <= BLOCK_BYTES:
            lines = split(part)
            found += (lines.begins[lines.headers()] + offset).tolist()
        elif _HEADER_LINE.match(part):
            found.append(offset)
        offset += len(part)
    return found


def parts(text: bytes, limit: int) -> Iterable[bytes]:
    """Return a text in parts of at most `limit` bytes, cut between lines.

    A line that is longer is a part by itself; no text has no parts.
    """
    return _cut(text, limit) if len(text) > limit else [text] * bool(text)


def _cut(text: bytes, limit: int) -> Iterator[bytes]:
    start = 0
    while len(text) - start > limit:
        end = last_line_start(text, start, start + limit)
        if end == start:
            end = next_line_start(text, start + limit) or len(text)
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def last_line_start(text: bytes, start: int, end: int) -> int:
    """Return where the last line begins, after `start` and up to `end`, else start."""
    framed = text.rfind(b"\x1c\x0b", start, end + 1)
    found = max(text.rfind(b"\r", start, end), text.rfind(b"\n", start, end), framed)
    return start if found < 0 else found + 1


def next_line_start(text: bytes, start: int = 0) -> int | None:
    """Return where the first line begins that begins after `start`, if any."""
    found = _LINE_END.search(text, start)
    return found.end() if found else None
