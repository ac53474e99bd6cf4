"""The huge and hostile files, each with what must come of it.

Made piece by piece, so that they take no memory. All values are made up. It leaves
out how they are loaded and measured.
"""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from benchmarks.ingest import fhir_encounters, x12_claims

GB = 1_000_000_000
SECONDS = 30.0
_BLOCK = 1 << 20
_SAMPLE_BYTES = 40_000_000

ISA = (
    b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    b"*260101*1200*^*00501*000000001*0*T*:~"
)
IEA = b"IEA*0*000000001~"
PATIENT = b'{"resourceType":"Patient","id":"%d"}\n'
OPEN_PATIENT = b'{"resourceType":"Patient","id":"1","text":'
MSH = b"MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5\r"
CSV_HEADER = b"encounter_id,status\n"
CSV_ROW = b"E-%s,finished\n" % (b"2" * 990)


@dataclass(frozen=True)
class Case:
    """One file: its bytes in pieces, and what must come of it.

    `loaded` is None where the number of records does not matter, `seconds` where
    the time does not.
    """

    name: str
    pieces: Callable[[], Iterator[bytes]]
    loaded: int | None
    is_rejected: bool = True
    seconds: float | None = SECONDS


def repeated(piece: bytes, size: int) -> Iterator[bytes]:
    """Yield a piece again and again until `size` bytes are out, the last one cut."""
    block = piece * max(1, _BLOCK // len(piece))
    for _ in range(size // len(block)):
        yield block
    yield block[: size % len(block)]


def sample(parts: Iterator[str], size: int) -> Iterator[bytes]:
    """Yield `_SAMPLE_BYTES` of generated parts again until there are `size` bytes."""
    made: list[bytes] = []
    produced = 0
    while produced < _SAMPLE_BYTES:
        made.append("".join(islice(parts, 20)).encode())
        produced += len(made[-1])
    for _ in range(size // produced + 1):
        yield from made


def between(start: bytes, middle: Iterator[bytes], end: bytes) -> Iterator[bytes]:
    """Yield a beginning, what comes between, and an end."""
    yield start
    yield from middle
    yield end


def bomb(piece: bytes, size: int, start: bytes = b"") -> Iterator[bytes]:
    """Yield a gzip file that expands to `size` bytes of one piece repeated."""
    yield gzip.compress(start, mtime=0)
    member = gzip.compress(piece * (100_000_000 // len(piece)), mtime=0)
    for _ in range(size // 100_000_000):
        yield member


def _large() -> list[Case]:
    return [
        Case(
            name,
            lambda parts=parts: sample(parts(seed=1), GB),  # type: ignore[misc]
            loaded=None,
            is_rejected=False,
            seconds=None,
        )
        for name, parts in [
            ("1 GB of X12", x12_claims),
            ("1 GB of FHIR NDJSON", fhir_encounters),
        ]
    ]


def _long() -> list[Case]:
    line = partial(repeated, b"a", GB)
    return [
        Case(
            "an NDJSON line of 1 GB before a good one",
            lambda: between(OPEN_PATIENT + b'"', line(), b'"}\n' + PATIENT % 2),
            loaded=1,
        ),
        Case(
            "a resource of 1 GB that spans lines",
            lambda: between(b'{\n"resourceType": "Patient",\n"x": "', line(), b'"\n}'),
            loaded=0,
        ),
        Case(
            "an X12 segment of 1 GB",
            lambda: between(ISA + b"NTE*ADD*", line(), b"~" + IEA),
            loaded=2,
        ),
        Case(
            "an HL7 v2 segment of 1 GB",
            lambda: between(MSH + b"NTE|1||", line(), b"\rPV1|1|O\r"),
            loaded=2,
        ),
        Case(
            "a CSV row of 1 GB before a good one",
            lambda: between(CSV_HEADER, line(), b",finished\nE-1,finished\n"),
            loaded=1,
        ),
    ]


def _open_quotes() -> list[Case]:
    return [
        Case(
            "a CSV quote that is never closed before 100 MB of rows",
            lambda: between(
                CSV_HEADER + b'"E-1,finished\n', repeated(CSV_ROW, 100_000_000), b"\n"
            ),
            loaded=None,
        ),
        Case(
            "5 MB of CSV rows that all leave a quote open",
            lambda: between(CSV_HEADER, repeated(b'a","\n', 5_000_000), b""),
            loaded=0,
        ),
    ]


def _nested() -> list[Case]:
    nested = partial(repeated, b"[", 2_000_000)
    return [
        Case(
            "two million nested brackets on a line before a good one",
            lambda: between(OPEN_PATIENT, nested(), b"\n" + PATIENT % 2),
            loaded=1,
        ),
        Case(
            "two million nested brackets in a document",
            lambda: between(b'{\n"resourceType": "Patient",\n"x":', nested(), b"\n"),
            loaded=0,
        ),
        Case(
            "two million nested brackets in a Bundle",
            lambda: between(b'{"resourceType": "Bundle", "entry": [', nested(), b"\n"),
            loaded=0,
        ),
    ]


def _bombs() -> list[Case]:
    record = OPEN_PATIENT + b'"%s"}\n' % (b"a" * 900)
    return [
        Case("a gzip bomb of 10 GB of zeros", lambda: bomb(b"\0", 10 * GB), loaded=0),
        Case(
            "a gzip bomb of 10 GB of one record",
            lambda: bomb(record, 10 * GB),
            loaded=None,
        ),
    ]


def _many() -> list[Case]:
    return [
        Case(
            "ten million X12 segments of one byte",
            lambda: between(ISA, repeated(b"A~", 20_000_000), IEA),
            loaded=2,
        ),
        Case(
            "ten million empty X12 segments",
            lambda: between(ISA, repeated(b"~", 10_000_000), b"A~" + IEA),
            loaded=2,
        ),
        Case(
            "ten million HL7 v2 segments of one byte",
            lambda: between(MSH, repeated(b"A\r", 20_000_000), b"PV1|1|O\r"),
            loaded=2,
        ),
        Case(
            "one million NDJSON lines of one byte",
            lambda: between(PATIENT % 1, repeated(b"a\n", 2_000_000), b""),
            loaded=1,
        ),
        Case(
            "one million CSV rows of one byte",
            lambda: between(
                CSV_HEADER + b"E-1,finished\n", repeated(b"a\n", 2_000_000), b""
            ),
            loaded=1,
        ),
    ]


def cases() -> list[Case]:
    """Return every file that is tried."""
    return [*_large(), *_long(), *_open_quotes(), *_nested(), *_bombs(), *_many()]
