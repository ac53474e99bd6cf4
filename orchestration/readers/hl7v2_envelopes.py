"""Which batch of a file each HL7 v2 message belongs to, and whether counts agree.

A file may be wrapped as FHS, batches, FTS and a batch as BHS, messages, BTS; the
trailers may state how many they close. It leaves out how segments are found.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.readers.records import Reject, warning

_COUNT_DIGITS = 10


@dataclass
class _Open:
    """An envelope that is open: its batch number, what it holds so far."""

    index: int = 0
    batches: int = 0
    messages: int = 0


class Envelopes:
    """Follows the envelopes of one file from header to header."""

    def __init__(self) -> None:
        self._seen = 0
        self._file: _Open | None = None
        self._batch: _Open | None = None
        self._warnings: list[Reject] = []

    def enter(self, name: bytes, position: int, segment: bytes) -> int:
        """Return the batch that a header or trailer of this name belongs to.

        Batches count from 1 within the file; 0 is none. `segment` is its text.
        """
        if name == b"MSH":
            return self._add_message()
        if name == b"BTS":
            return self._close_batch(position, segment)
        self._abandon_batch(position, segment)
        if name == b"BHS":
            return self._open_batch()
        if name == b"FTS":
            self._close_file(position, segment)
        else:
            self._abandon_file(position, segment)
            self._file = _Open()
        return 0

    def finish(self, position: int) -> None:
        """Note what is still open at the end of the file."""
        self._abandon_batch(position, b"")
        self._abandon_file(position, b"")

    def warnings(self) -> Iterator[Reject]:
        """Yield what was found wrong since the last call."""
        found, self._warnings = self._warnings, []
        yield from found

    def _add_message(self) -> int:
        if self._file:
            self._file.messages += 1
        if not self._batch:
            return 0
        self._batch.messages += 1
        return self._batch.index

    def _open_batch(self) -> int:
        self._seen += 1
        self._batch = _Open(self._seen)
        if self._file:
            self._file.batches += 1
        return self._seen

    def _close_batch(self, position: int, segment: bytes) -> int:
        closed, self._batch = self._batch, None
        if closed is None:
            self._warn("stray_trailer", position, segment, "BTS")
            return 0
        self._check(position, segment, {closed.messages})
        return closed.index

    def _close_file(self, position: int, segment: bytes) -> None:
        closed, self._file = self._file, None
        if closed is None:
            self._warn("stray_trailer", position, segment, "FTS")
        elif closed.messages and not closed.batches:
            # Messages without BHS are one batch to some senders, none to others.
            self._check(position, segment, {0, 1})
        else:
            self._check(position, segment, {closed.batches})

    def _abandon_batch(self, position: int, segment: bytes) -> None:
        if self._batch:
            self._warn("missing_trailer", position, segment, "BTS")
        self._batch = None

    def _abandon_file(self, position: int, segment: bytes) -> None:
        if self._file:
            self._warn("missing_trailer", position, segment, "FTS")
        self._file = None

    def _check(self, position: int, segment: bytes, received: set[int]) -> None:
        """Warn when a trailer states another count; it need not state any."""
        name, separator = segment[:3].decode("ascii"), segment[3:4]
        stated = segment.split(separator, 2)[1].strip() if separator else b""
        is_count = stated.isdigit() and len(stated) <= _COUNT_DIGITS
        if not stated or (is_count and int(stated) in received):
            return
        said = int(stated) if is_count else "no count"
        detail = f"{name} states {said}, received {max(received)}"
        self._warn("wrong_count", position, segment, detail)

    def _warn(self, code: str, position: int, segment: bytes, detail: str) -> None:
        self._warnings.append(warning(position, code, segment, detail=detail))
