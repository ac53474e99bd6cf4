"""What must hold however large or hostile a file is, and however often it is tried.

Loads generated files, each in a process of its own, and compares the memory at its
peak and the time with the limits below; then repeats the tests of random orders and
random kills more often than every test run can. All values are made up. Ends with
exit status 1 when a limit is broken.

Run: make limits, or .venv/bin/python -m benchmarks.limits [--files | --repeats]
"""

import gzip
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from benchmarks.ingest import fhir_encounters, x12_claims
from orchestration.ingest import ingest

GB = 1_000_000_000
PEAK_MB = 1_000
SECONDS = 30.0
GIVE_UP_SECONDS = 900.0
ORDERS, KILLS = 100, 200
_BLOCK = 1 << 20
_SAMPLE_BYTES = 40_000_000

ISA = (
    b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    b"*260101*1200*^*00501*000000001*0*T*:~"
)
IEA = b"IEA*0*000000001~"
PATIENT = b'{"resourceType":"Patient","id":"%d"}\n'
OPEN_PATIENT = b'{"resourceType":"Patient","id":"1","text":'


@dataclass(frozen=True)
class Measured:
    """What one load came to: seconds, megabytes at the peak, records."""

    seconds: float
    peak_mb: float
    loaded: int
    rejected: int
    reasons: str


@dataclass(frozen=True)
class Case:
    """One file: its bytes in pieces, and what must come of it."""

    name: str
    pieces: Callable[[], Iterator[bytes]]
    loaded: int | None
    is_rejected: bool = True
    seconds: float | None = SECONDS

    @property
    def give_up_seconds(self) -> float:
        """How long to wait for the load: well over its limit."""
        return 3 * self.seconds if self.seconds else GIVE_UP_SECONDS

    def broken(self, measured: Measured) -> list[str]:
        """Say which limits a load of this file broke."""
        wrong = []
        if measured.peak_mb >= PEAK_MB:
            wrong.append(f"more than {PEAK_MB} MB of memory")
        if self.seconds and measured.seconds > self.seconds:
            wrong.append(f"more than {self.seconds:.0f} s")
        if self.is_rejected != (measured.rejected > 0):
            wrong.append("no reject" if self.is_rejected else "a reject")
        if self.loaded is not None and self.loaded != measured.loaded:
            wrong.append(f"loaded {measured.loaded}, not {self.loaded}")
        return wrong


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


def cases() -> list[Case]:
    """Return every file that is tried."""
    line = partial(repeated, b"a", GB)
    nested = partial(repeated, b"[", 2_000_000)
    return [
        Case(
            "1 GB of X12",
            lambda: sample(x12_claims(seed=1), GB),
            loaded=None,
            is_rejected=False,
            seconds=None,
        ),
        Case(
            "1 GB of FHIR NDJSON",
            lambda: sample(fhir_encounters(seed=1), GB),
            loaded=None,
            is_rejected=False,
            seconds=None,
        ),
        Case(
            "an NDJSON line of 1 GB before a good one",
            lambda: between(OPEN_PATIENT + b'"', line(), b'"}\n' + PATIENT % 2),
            loaded=1,
        ),
        Case(
            "an X12 segment of 1 GB",
            lambda: between(ISA + b"NTE*ADD*", line(), b"~" + IEA),
            loaded=2,
        ),
        Case(
            "a CSV row of 1 GB before a good one",
            lambda: between(
                b"encounter_id,status\n", line(), b",finished\nE-1,finished\n"
            ),
            loaded=1,
        ),
        Case(
            "a CSV quote that is never closed before 100 MB of rows",
            lambda: between(
                b'encounter_id,status\n"E-1,finished\n',
                repeated(b"E-%s,finished\n" % (b"2" * 990), 100_000_000),
                b"\n",
            ),
            loaded=None,
        ),
        Case(
            "1 MB of CSV rows that all leave a quote open",
            lambda: between(
                b"encounter_id,status\n", repeated(b'a","\n', 1_000_000), b""
            ),
            loaded=0,
        ),
        Case(
            "a resource of 1 GB that spans lines",
            lambda: between(b'{\n"resourceType": "Patient",\n"x": "', line(), b'"\n}'),
            loaded=0,
        ),
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
        Case("a gzip bomb of 10 GB of zeros", lambda: bomb(b"\0", 10 * GB), loaded=0),
        Case(
            "a gzip bomb of 10 GB of one record",
            lambda: bomb(OPEN_PATIENT + b'"%s"}\n' % (b"a" * 900), 10 * GB),
            loaded=None,
        ),
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
            "one million NDJSON lines of one byte",
            lambda: between(PATIENT % 1, repeated(b"a\n", 2_000_000), b""),
            loaded=1,
        ),
        Case(
            "one million CSV rows of one byte",
            lambda: between(
                b"encounter_id,status\nE-1,finished\n",
                repeated(b"a\n", 2_000_000),
                b"",
            ),
            loaded=1,
        ),
    ]


def _load(landing: Path, raw: Path, send: Callable[[Measured], None]) -> None:
    start = time.perf_counter()
    total = ingest(landing, raw, as_of=datetime.now(UTC)).total
    send(
        Measured(
            seconds=time.perf_counter() - start,
            peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
            loaded=total.loaded,
            rejected=total.rejected,
            reasons=", ".join(code for code, _ in total.reasons.most_common()),
        )
    )


def measure(case: Case) -> Measured:
    """Write the file of a case and load it in a process of its own.

    Raises EOFError when that process dies, TimeoutError when it does not end.
    """
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder, "landing")
        landing.mkdir()
        with (landing / "f").open("wb") as file:
            file.writelines(case.pieces())
        receiver, sender = get_context("spawn").Pipe(duplex=False)
        process = get_context("spawn").Process(
            target=_load, args=(landing, Path(folder, "raw"), sender.send)
        )
        process.start()
        sender.close()
        try:
            if not receiver.poll(case.give_up_seconds):
                raise TimeoutError
            found: Measured = receiver.recv()
        finally:
            process.kill()
            process.join()
        return found


def try_files() -> bool:
    """Measure every case, print a row for each, and tell whether all limits held."""
    print("| file | seconds | peak MB | loaded | rejected | reasons | limits |")
    print("|---|---:|---:|---:|---:|---|---|")
    is_good = True
    for case in cases():
        try:
            found = measure(case)
        except (EOFError, TimeoutError) as error:
            is_good = False
            why = "it died" if isinstance(error, EOFError) else "given up"
            over = f"> {case.give_up_seconds:.0f}"
            print(f"| {case.name} | {over} | | | | | {why} |", flush=True)
            continue
        broken = case.broken(found)
        is_good = is_good and not broken
        print(
            f"| {case.name} | {found.seconds:.1f} | {found.peak_mb:.0f}"
            f" | {found.loaded:,} | {found.rejected:,} | {found.reasons or '-'}"
            f" | {'; '.join(broken) or 'held'} |",
            flush=True,
        )
    return is_good


def try_repeats() -> bool:
    """Run the tests of random orders and kills many times over."""
    tests = ["tests/golden/test_any_order.py", "tests/golden/test_crash.py"]
    options = [f"--orders={ORDERS}", f"--kills={KILLS}", "--durations=3"]
    command = [sys.executable, "-m", "pytest", *tests, *options]
    return subprocess.run(command, check=False).returncode == 0


def main(arguments: list[str]) -> int:
    """Try the files, the repeats or both, and return the exit status."""
    held = [
        attempt()
        for option, attempt in (("--files", try_files), ("--repeats", try_repeats))
        if not arguments or option in arguments
    ]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
