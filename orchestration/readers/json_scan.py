"""Where JSON objects and arrays open and close, in bytes that come in pieces.

It finds structure only, by vector operations, without looking into values; a
piece may end anywhere, also inside a string or an escape. It leaves out whether
the JSON is valid.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_QUOTE, _BACKSLASH = ord('"'), ord("\\")
_INTEREST = np.zeros(256, dtype=np.uint8)
_INTEREST[[_QUOTE, ord("{"), ord("["), ord("}"), ord("]")]] = 1
_STEP = np.zeros(256, dtype=np.int64)
_STEP[[ord("{"), ord("[")]] = 1
_STEP[[ord("}"), ord("]")]] = -1


@dataclass(frozen=True)
class Bracket:
    """One bracket outside strings: its offset in the piece, its byte, its depth.

    The depth is that of what it opens or closes: 1 for the outermost.
    """

    offset: int
    byte: int
    depth: int

    @property
    def opens(self) -> bool:
        """Whether it opens an object or array."""
        return bool(_STEP[self.byte] > 0)


class BracketScan:
    """Finds the shallow brackets of one JSON text, piece by piece."""

    def __init__(self, max_depth: int) -> None:
        """Report brackets down to `max_depth` levels."""
        self._max_depth = max_depth
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self.is_broken = False

    @property
    def is_idle(self) -> bool:
        """Whether the last piece ended outside every string, object and array."""
        return self._depth == 0 and not self._in_string

    def feed(self, piece: bytes) -> list[Bracket]:
        """Return the shallow brackets of the next piece, in order.

        Where more is closed than was opened, `is_broken` is set and the scan ends.
        """
        data = np.frombuffer(piece, dtype=np.uint8)
        marks = np.flatnonzero(_INTEREST[data])
        marks = np.delete(marks, self._escaped_quotes(piece, data, marks))
        is_quote = data[marks] == _QUOTE
        inside = (np.cumsum(is_quote) + self._in_string) % 2 == 1
        brackets = marks[~inside & ~is_quote]
        steps = _STEP[data[brackets]]
        after = np.cumsum(steps) + self._depth
        if len(after) and int(after.min()) < 0:
            self.is_broken = True
            end = int(np.argmax(after < 0))
            brackets, steps, after = brackets[:end], steps[:end], after[:end]
        depths = np.where(steps > 0, after, after + 1)
        self._depth = int(after[-1]) if len(after) else self._depth
        self._in_string = bool(inside[-1]) if len(inside) else self._in_string
        shallow = depths <= self._max_depth
        return [
            Bracket(offset, piece[offset], depth)
            for offset, depth in zip(
                brackets[shallow].tolist(), depths[shallow].tolist(), strict=True
            )
        ]

    def _escaped_quotes(
        self,
        piece: bytes,
        data: npt.NDArray[np.uint8],
        marks: npt.NDArray[np.int64],
    ) -> list[int]:
        """Return which marks are quotes behind an odd number of backslashes."""
        was_escaped, self._escaped = self._escaped, False
        tail = len(piece) - len(piece.rstrip(b"\\"))
        if tail:
            self._escaped = (tail + (was_escaped and tail == len(piece))) % 2 == 1
        suspects = np.flatnonzero(
            (data[marks] == _QUOTE) & (data[np.maximum(marks - 1, 0)] == _BACKSLASH)
        )
        escaped = []
        if was_escaped and len(marks) and marks[0] == 0 and data[0] == _QUOTE:
            escaped.append(0)
        for mark in suspects.tolist():
            end = int(marks[mark])
            run = _backslashes_before(piece, end)
            if (run + (was_escaped and run == end)) % 2 == 1:
                escaped.append(mark)
        return escaped


def _backslashes_before(piece: bytes, end: int) -> int:
    start = end
    while start > 0 and piece[start - 1] == _BACKSLASH:
        start -= 1
    return end - start
