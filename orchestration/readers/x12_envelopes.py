"""Which interchange, group and transaction each X12 segment belongs to.

Also whether the trailers (SE, GE, IEA) state the counts that were received. It
leaves out how segments are found and what they mean.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.raw import LABEL
from orchestration.readers.records import Reject, warning
from orchestration.readers.x12_split import HEADER_WIDTH, Segments

_INTERCHANGE, _GROUP, _TRANSACTION = 0, 1, 2
_HEADERS = {"ISA": _INTERCHANGE, "GS": _GROUP, "ST": _TRANSACTION}
_TRAILERS = {"IEA": _INTERCHANGE, "GE": _GROUP, "SE": _TRANSACTION}
_TRAILER_NAMES = tuple(_TRAILERS)
# 1-based elements of GS and ST
_GS_VERSION, _ST_TYPE, _ST_IMPLEMENTATION = 8, 1, 3


@dataclass
class _Open:
    """An envelope that is open: its number in the file, where it began."""

    index: int
    position: int
    members: int = 0
    kind: str | None = None
    implementation: str | None = None


@dataclass(frozen=True)
class _Place:
    """Where a segment stands; indices are 0 outside."""

    indices: tuple[int, int, int]
    transaction_type: str | None
    implementation: str | None


@dataclass(frozen=True)
class Places:
    """Where each of several segments stands: equal places in runs."""

    places: list[_Place]
    lengths: npt.NDArray[np.int64]

    def columns(self) -> list[pa.Array]:
        """Return the three indices, the transaction type and the implementation."""
        indices = np.array([place.indices for place in self.places], dtype=np.int64)
        return [
            *(pa.array(np.repeat(level, self.lengths)) for level in indices.T),
            self._labels([place.transaction_type for place in self.places]),
            self._labels([place.implementation for place in self.places]),
        ]

    def _labels(self, values: list[str | None]) -> pa.DictionaryArray:
        names = list(dict.fromkeys(values))
        number = {name: index for index, name in enumerate(names)}
        codes = np.repeat(
            np.array([number[value] for value in values], dtype=np.int32), self.lengths
        )
        missing = codes == number[None] if None in number else None
        return pa.DictionaryArray.from_arrays(
            pa.array(codes, mask=missing),
            pa.array([name or "" for name in names], pa.string()),
        ).cast(LABEL)


class Envelopes:
    """Follows the envelopes of one file from segment to segment."""

    def __init__(self) -> None:
        self._seen = [0, 0, 0]
        self._open: list[_Open | None] = [None, None, None]
        self._warnings: list[Reject] = []

    def follow(
        self, segments: Segments, positions: npt.NDArray[np.int64], element: bytes
    ) -> Places:
        """Return where the next segments stand. Segments must not be none."""
        marks = [(0, self._place())]
        for row in segments.named({*_HEADERS, *_TRAILERS}).tolist():
            position, segment = int(positions[row]), segments.segment(row)
            name = segment.partition(element)[0].decode("ascii")
            if name in _HEADERS:
                self._enter(_HEADERS[name], position, segment, element)
                marks.append((row, self._place()))
            else:
                self._abandon(_TRAILERS[name] + 1, position, segment)
                marks.append((row, self._place()))
                self._leave(_TRAILERS[name], position, segment, element)
                marks.append((row + 1, self._place()))
        starts = [row for row, _ in marks]
        return Places([place for _, place in marks], np.diff([*starts, len(segments)]))

    def finish(self, position: int) -> None:
        """Note what is still open at the end of the file."""
        self._abandon(_INTERCHANGE, position, b"")

    def warnings(self) -> Iterator[Reject]:
        """Yield what was found wrong since the last call."""
        found, self._warnings = self._warnings, []
        yield from found

    def _enter(self, level: int, position: int, segment: bytes, element: bytes) -> None:
        self._abandon(level, position, segment)
        self._seen[level] += 1
        elements = segment.split(element)
        if level == _INTERCHANGE and len(segment) + 1 != HEADER_WIDTH:
            self._warnings.append(warning(position, "header_width", segment))
        opened = _Open(self._seen[level], position)
        parent = self._open[level - 1] if level else None
        if parent:
            parent.members += 1
        if level == _GROUP:
            opened.implementation = _element(elements, _GS_VERSION)
        elif level == _TRANSACTION:
            opened.kind = _element(elements, _ST_TYPE)
            opened.implementation = _element(elements, _ST_IMPLEMENTATION) or (
                parent.implementation if parent else None
            )
        self._open[level] = opened

    def _leave(self, level: int, position: int, segment: bytes, element: bytes) -> None:
        closed, self._open[level] = self._open[level], None
        name = _TRAILER_NAMES[level]
        if closed is None:
            self._warnings.append(
                warning(position, "stray_trailer", segment, detail=name)
            )
            return
        received = closed.members
        if level == _TRANSACTION:
            received = position - closed.position + 1
        stated = _element(segment.split(element), 1) or ""
        if not (stated.isdecimal() and int(stated) == received):
            detail = f"{name} states {_number(stated)}, received {received}"
            self._warnings.append(
                warning(position, "wrong_count", segment, detail=detail)
            )

    def _abandon(self, level: int, position: int, segment: bytes) -> None:
        """Close what is open at this level and below without its trailer."""
        for inner in range(_TRANSACTION, level - 1, -1):
            if self._open[inner] is not None:
                self._open[inner] = None
                name = _TRAILER_NAMES[inner]
                self._warnings.append(
                    warning(position, "missing_trailer", segment, detail=name)
                )

    def _place(self) -> _Place:
        interchange, group, transaction = self._open
        version = (transaction or group or _Open(0, 0)).implementation
        return _Place(
            (
                interchange.index if interchange else 0,
                group.index if group else 0,
                transaction.index if transaction else 0,
            ),
            transaction.kind if transaction else None,
            version,
        )


def _element(elements: list[bytes], number: int) -> str | None:
    """Return an element of a segment by its 1-based number, None when empty."""
    if number >= len(elements):
        return None
    return elements[number].decode("utf-8", "backslashreplace").strip() or None


def _number(stated: str) -> str:
    """Return a stated count, unless it is no number and could be anything."""
    is_count = stated.isascii() and stated.isdecimal() and len(stated) <= 10  # noqa: PLR2004
    return stated if is_count else "no count"
