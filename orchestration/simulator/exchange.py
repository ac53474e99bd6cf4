"""Who exchanges X12 files here, and how one is written to its place."""

from collections.abc import Iterable
from pathlib import Path

from orchestration.simulator.output import ByteFile
from orchestration.simulator.x12_writer import (
    Envelope,
    Segment,
    Separators,
    interchange,
)

PRACTICE_ID = "TESTPRACTICE"
CLEARINGHOUSE_ID = "TESTCLEARING"


def usual(number: int) -> Separators:
    """Return the usual separators; every other file breaks lines at segments."""
    return Separators(line_break="\n" if number % 2 else "")


def write(
    target: Path,
    envelope: Envelope,
    separators: Separators,
    transactions: Iterable[Iterable[Segment]],
) -> None:
    """Write one interchange to a file."""
    out = ByteFile(target)
    for segment in interchange(envelope, separators, transactions):
        out.write(segment)
    out.close()
