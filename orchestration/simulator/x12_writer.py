"""Writes one X12 interchange with right counts, in any separators.

Knows envelopes only (ISA, GS, ST and their ends); what a transaction says is
its caller's. Transactions are streamed, so memory does not grow with the file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

# An element is text, or a tuple of components.
Element = str | tuple[str, ...]
Segment = tuple[Element, ...]


_SEGMENTS_AT_ONCE = 512


@dataclass(frozen=True)
class Separators:
    """The four separators of an interchange, and what follows each segment."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    line_break: str = ""


@dataclass(frozen=True)
class Envelope:
    """Who sends what to whom, and when; `made_at` is written without a zone."""

    functional_id: str
    transaction_type: str
    implementation: str
    sender: str
    receiver: str
    control_number: int
    made_at: datetime


def interchange(
    envelope: Envelope,
    separators: Separators,
    transactions: Iterable[Iterable[Segment]],
) -> Iterator[bytes]:
    """Yield the bytes of an interchange; each transaction is its body segments."""
    segments = _segments(envelope, separators, transactions)
    while some := list(islice(segments, _SEGMENTS_AT_ONCE)):
        texts = [_render(segment, separators) for segment in some]
        yield "".join(texts).encode("ascii")


def _segments(
    envelope: Envelope,
    separators: Separators,
    transactions: Iterable[Iterable[Segment]],
) -> Iterator[Segment]:
    control = str(envelope.control_number)
    yield _interchange_header(envelope, separators)
    yield (
        "GS",
        envelope.functional_id,
        envelope.sender,
        envelope.receiver,
        envelope.made_at.strftime("%Y%m%d"),
        envelope.made_at.strftime("%H%M"),
        control,
        "X",
        envelope.implementation,
    )
    number = 0
    for number, body in enumerate(transactions, start=1):
        yield from _transaction(envelope, f"{number:04d}", body)
    yield ("GE", str(number), control)
    yield ("IEA", "1", f"{envelope.control_number:09d}")


def _transaction(
    envelope: Envelope, number: str, body: Iterable[Segment]
) -> Iterator[Segment]:
    kind = envelope.transaction_type
    # Only payments do not repeat the guide's number in ST03; they have GS08.
    header: Segment = ("ST", kind, number)
    yield header if kind == "835" else (*header, envelope.implementation)
    count = 0
    for segment in body:
        count += 1
        yield segment
    yield ("SE", str(count + 2), number)


def _interchange_header(envelope: Envelope, separators: Separators) -> Segment:
    return (
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        "ZZ",
        envelope.sender.ljust(15),
        "ZZ",
        envelope.receiver.ljust(15),
        envelope.made_at.strftime("%y%m%d"),
        envelope.made_at.strftime("%H%M"),
        separators.repetition,
        "00501",
        f"{envelope.control_number:09d}",
        "0",
        "P",
        separators.component,
    )


def _render(segment: Segment, separators: Separators) -> str:
    elements = [
        element if isinstance(element, str) else separators.component.join(element)
        for element in segment
    ]
    # ISA16 names the component separator and stays, whatever is trailing.
    text = separators.element.join(elements)
    return text + separators.segment + separators.line_break
