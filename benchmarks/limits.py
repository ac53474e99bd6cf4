"""What must hold however large or hostile a file is, and however often it is tried.

Loads generated files, each in a process of its own, and compares the memory at its
peak and the time with the limits below; then repeats the tests of random orders and
random kills more often than every test run can. All values are made up. Ends with
exit status 1 when a limit is broken.

Run: make limits, or .venv/bin/python -m benchmarks.limits [--files | --repeats]
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from benchmarks.limits_files import Case, cases
from orchestration.ingest import ingest

PEAK_MB = 1_000
GIVE_UP_SECONDS = 900.0
ORDERS, KILLS = 100, 200


@dataclass(frozen=True)
class Measured:
    """What one load came to: seconds, megabytes at the peak, records."""

    seconds: float
    peak_mb: float
    loaded: int
    rejected: int
    reasons: str


def broken_limits(case: Case, measured: Measured) -> list[str]:
    """Say which limits the load of a file broke."""
    wrong = []
    if measured.peak_mb >= PEAK_MB:
        wrong.append(f"more than {PEAK_MB} MB of memory")
    if case.seconds and measured.seconds > case.seconds:
        wrong.append(f"more than {case.seconds:.0f} s")
    if case.is_rejected != (measured.rejected > 0):
        wrong.append("no reject" if case.is_rejected else "a reject")
    if case.loaded is not None and case.loaded != measured.loaded:
        wrong.append(f"loaded {measured.loaded}, not {case.loaded}")
    return wrong


def give_up_seconds(case: Case) -> float:
    """Return how long to wait for the load of a file: well over its limit."""
    return 3 * case.seconds if case.seconds else GIVE_UP_SECONDS


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
            if not receiver.poll(give_up_seconds(case)):
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
            over = f"> {give_up_seconds(case):.0f}"
            print(f"| {case.name} | {over} | | | | | {why} |", flush=True)
            continue
        broken = broken_limits(case, found)
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
