"""X12 text cut into segments by vector operations.

It knows the interchange header (ISA), which declares the separators, and what a
segment identifier looks like. It leaves out envelopes and what segments mean.
"""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Offsets = npt.NDArray[np.int64]

HEADER_WIDTH = 106
HEADER_LIMIT = 3 + 1 + 15 * 25 + 2
"""The longest header in bytes that is recognised; elements may be ill padded."""

# The fixed width is not insisted on: fifteen elements, each closed by the first
# separator, then the component separator and the terminator, one byte each.
_HEADER = re.compile(
    rb"ISA(?P<e>[^A-Za-z0-9 \r\n\0])"
    rb"(?:(?:(?!(?P=e))[\s\S]){0,24}(?P=e)){15}"
    rb"(?P<c>(?!(?P=e))[^A-Za-z0-9 \0])"
    rb"(?P<t>(?!(?P=e)|(?P=c))[^A-Za-z0-9 \0])"
)
_SPACE = b" \t\r\n"
_IS_SPACE = np.zeros(256, dtype=bool)
_IS_SPACE[list(_SPACE)] = True
_IS_UPPER = np.zeros(256, dtype=bool)
_IS_UPPER[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")] = True
_IS_ID = _IS_UPPER.copy()
_IS_ID[list(b"0123456789")] = True
_STRIP_ROUNDS = 4
_REPETITION = 11  # ISA11


@dataclass(frozen=True)
class Delimiters:
    """The separators that one interchange declares, each one byte.

    `repetition` is None where the header names none. `is_wrapped` says that line
    breaks were put in without regard to segments, so that they belong to none.
    """

    element: bytes
    component: bytes
    terminator: bytes
    repetition: bytes | None
    is_wrapped: bool


@dataclass(frozen=True)
class Header:
    """An interchange header found in a text: where it starts, what it declares."""

    start: int
    delimiters: Delimiters


def headers(text: bytes) -> Iterator[Header]:
    """Yield the interchange headers of a text, in order."""
    start = text.find(b"ISA")
    while start >= 0:
        found = _HEADER.match(text, start)
        if found and not _IS_ID[text[start - 1] if start else 0]:
            yield Header(start, _delimiters(found))
        start = text.find(b"ISA", start + 3)


def _delimiters(found: re.Match[bytes]) -> Delimiters:
    header = found[0]
    repetition = header.split(found["e"])[_REPETITION]
    is_one = len(repetition) == 1 and not _IS_ID[repetition[0]] and repetition != b" "
    return Delimiters(
        element=found["e"],
        component=found["c"],
        terminator=found["t"],
        repetition=repetition if is_one else None,
        is_wrapped=b"\n" in header[:-1] and found["t"] not in b"\r\n",
    )


@dataclass(frozen=True)
class Segments:
    """The segments of a text: from `starts` to `ends`, without white space before.

    `id_lengths` is 0 where a segment does not begin with an identifier.
    """

    text: bytes
    starts: Offsets
    ends: Offsets
    id_lengths: Offsets

    def __len__(self) -> int:
        return len(self.starts)

    def segment(self, index: int) -> bytes:
        """Return one segment without its terminator."""
        return self.text[self.starts[index] : self.ends[index]]

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Segments":
        """Return only the chosen segments."""
        if chosen.all():
            return self
        return Segments(
            self.text, self.starts[chosen], self.ends[chosen], self.id_lengths[chosen]
        )

    @cached_property
    def ids(self) -> pa.DictionaryArray:
        """The identifiers as labels."""
        data = _padded(self.text)
        third = np.where(self.id_lengths == len("ISA"), data[self.starts + 2], 0)
        code = data[self.starts].astype(np.int32) << 16
        code |= data[self.starts + 1].astype(np.int32) << 8
        encoded = pa.array(code | third).dictionary_encode()
        names = [
            number.to_bytes(3, "big").rstrip(b"\0").decode("ascii")
            for number in encoded.dictionary.to_pylist()
        ]
        return pa.DictionaryArray.from_arrays(
            encoded.indices, pa.array(names, pa.string())
        )

    def named(self, names: Container[str]) -> Offsets:
        """Return which segments have one of these identifiers, in order."""
        known = np.array([name in names for name in self.ids.dictionary.to_pylist()])
        return np.flatnonzero(known[self.ids.indices.to_numpy()])

    def texts(self) -> pa.StringArray:
        """Return the segments as text. Raises pyarrow.ArrowInvalid when not UTF-8."""
        data = np.frombuffer(self.text, dtype=np.uint8)
        inside = np.ones(len(data), dtype=bool)
        inside[self._between()] = False
        offsets = np.zeros(len(self) + 1, dtype=np.int32)
        np.cumsum(self.ends - self.starts, out=offsets[1:])
        texts = pa.StringArray.from_buffers(
            len(self), pa.py_buffer(offsets), pa.py_buffer(data[inside])
        )
        texts.validate(full=True)
        return texts

    def _between(self) -> Offsets:
        """Return the offset of every byte that belongs to no segment."""
        begins = np.append(0, self.ends)
        lengths = np.append(self.starts, len(self.text)) - begins
        before = np.cumsum(lengths) - lengths
        return np.repeat(begins - before, lengths) + np.arange(int(lengths.sum()))


def split(text: bytes, delimiters: Delimiters) -> Segments:
    """Cut a text at its terminators; what follows the last one is a segment too."""
    if delimiters.is_wrapped:
        text = text.translate(None, b"\r\n")
    data = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(data == delimiters.terminator[0])
    ends = np.append(ends, len(data))
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    starts = _skip_space(text, starts, ends)
    kept = starts < ends
    starts, ends = starts[kept], ends[kept]
    return Segments(text, starts, ends, _id_lengths(text, starts, ends, delimiters))


def _skip_space(text: bytes, starts: Offsets, ends: Offsets) -> Offsets:
    """Move starts behind white space; the last may move to its end, not further."""
    data = _padded(text)
    for _ in range(_STRIP_ROUNDS):
        is_space = _IS_SPACE[data[starts]] & (starts < ends)
        if not is_space.any():
            return starts
        starts = starts + is_space
    for row in np.flatnonzero(_IS_SPACE[data[starts]]).tolist():
        segment = text[starts[row] : ends[row]]
        starts[row] += len(segment) - len(segment.lstrip(_SPACE))
    return starts


def _id_lengths(
    text: bytes, starts: Offsets, ends: Offsets, delimiters: Delimiters
) -> Offsets:
    data = _padded(text)
    element = delimiters.element[0]
    lengths = ends - starts
    named = _IS_UPPER[data[starts]] & _IS_ID[data[starts + 1]]
    is_two = (lengths == 2) | ((lengths > 2) & (data[starts + 2] == element))  # noqa: PLR2004
    is_three = (lengths == 3) | ((lengths > 3) & (data[starts + 3] == element))  # noqa: PLR2004
    is_three &= _IS_ID[data[starts + 2]]
    found = np.where(is_two, 2, np.where(is_three, 3, 0))
    return np.where(named & (lengths > 1), found, 0)


def _padded(text: bytes) -> npt.NDArray[np.uint8]:
    """Return the bytes with some zeros behind, so that looking ahead is safe."""
    return np.frombuffer(text + b"\0\0\0\0", dtype=np.uint8)
