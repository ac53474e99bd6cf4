"""How fast files come into raw, and how much memory that takes.

Generates one X12 and one FHIR NDJSON file of about the given size, loads each with
`ingest` in its own process, and lets DuckDB write the same NDJSON to Parquet with
type and id extracted, for comparison. All values are made up.

Run: .venv/bin/python benchmarks/ingest.py [megabytes, default 200]
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import duckdb

from orchestration.ingest import ingest

_CLAIMS = 200
_HEADER = (
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    "*260101*1200*^*00501*000000001*0*T*:~GS*HC*A*B*20260101*1200*1*X*005010X222A1~"
)
_TRAILER = "GE*1*1~IEA*1*000000001~"


def x12_claims(seed: int) -> Iterator[str]:
    """Yield interchanges with one transaction of professional claims, for ever."""
    chance = random.Random(seed)
    while True:
        segments = ["ST*837*0001*005010X222A1", "BHT*0019*00*1*20260101*1200*CH"]
        for _ in range(_CLAIMS):
            number, amount = chance.randrange(10**9), chance.randrange(900)
            code, day = 99202 + chance.randrange(14), chance.randrange(10, 29)
            segments += [
                f"HL*{number % 997}*1*22*0",
                "SBR*P*18*******CI",
                f"NM1*IL*1*TEST{number}*PERSON****MI*{number}",
                f"CLM*{number}-{day}*{amount}.5***11:B:1*Y*A*Y*Y",
                f"HI*ABK:J{day}9",
                "LX*1",
                f"SV1*HC:{code}*{amount}.5*UN*1***1",
                f"DTP*472*D8*202601{day}",
                f"REF*6R*{number:012d}",
            ]
        segments.append(f"SE*{len(segments) + 1}*0001")
        yield f"{_HEADER}{'~'.join(segments)}~{_TRAILER}"


def fhir_encounters(seed: int) -> Iterator[str]:
    """Yield encounters as NDJSON lines for ever, about 1.5 kB each."""
    chance = random.Random(seed)
    while True:
        number = chance.randrange(10**12)
        people = [
            {"individual": {"reference": f"Practitioner/{chance.randrange(10**9)}"}}
            for _ in range(4)
        ]
        yield (
            json.dumps(
                {
                    "resourceType": "Encounter",
                    "id": f"{number:032x}",
                    "meta": {"versionId": "1", "lastUpdated": "2026-01-01T12:00:00Z"},
                    "text": {
                        "status": "generated",
                        "div": f"<div>visit {number}</div>",
                    },
                    "status": "finished",
                    "class": {"system": "urn:test:class", "code": "AMB"},
                    "type": [
                        {"text": "office visit", "coding": [{"code": str(number)}]}
                    ],
                    "subject": {"reference": f"Patient/{chance.randrange(10**9)}"},
                    "participant": people,
                    "period": {
                        "start": "2026-01-01T12:00:00Z",
                        "end": "2026-01-01T13:00",
                    },
                    "extension": [
                        {"url": f"urn:test:{n}", "valueString": str(chance.random())}
                        for n in range(12)
                    ],
                }
            )
            + "\n"
        )


def write_until(path: Path, size: int, parts: Iterator[str]) -> None:
    """Append parts to a file until it has `size` bytes."""
    with path.open("a") as file:
        while file.tell() < size:
            file.write("".join(next(parts) for _ in range(20)))


def load(landing: Path, work: Path) -> None:
    """Load a landing folder into a new raw folder."""
    total = ingest(landing, work / "raw", as_of=datetime.now(UTC)).total
    print(f"    {total.received:,} records received, {total.loaded:,} loaded")


def load_with_duckdb(landing: Path, work: Path) -> None:
    """Let DuckDB do what `ingest` does for NDJSON, without any of its promises."""
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    connection.execute(
        f"""copy (select json->>'resourceType' as resource_type, json->>'id' as id, json
        from read_ndjson_objects('{landing}/*')) to '{work}/duck.parquet'
        (format parquet, compression zstd)"""
    )


def _timed(action: Callable[[Path, Path], None], landing: Path, work: Path) -> None:
    megabytes = sum(path.stat().st_size for path in landing.iterdir()) / 1e6
    with tempfile.TemporaryDirectory() as empty:  # what is imported on first use
        ingest(Path(empty), work / "warm", as_of=datetime.now(UTC))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    start, cpu = time.perf_counter(), time.process_time()
    action(landing, work)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(
        f"    {action.__name__}: {megabytes / seconds:.0f} MB/s,"
        f" {megabytes / cpu:.0f} MB per second of one core"
        f" ({megabytes:.0f} MB, {seconds:.1f} s, {cpu:.1f} s of processor),"
        f" peak memory {peak:.0f} MB, {before:.0f} MB of it before"
    )


def measure(action: Callable[[Path, Path], None], landing: Path) -> None:
    """Run one measurement in a process of its own."""
    with tempfile.TemporaryDirectory() as work:
        process = get_context("spawn").Process(
            target=_timed, args=(action, landing, Path(work))
        )
        process.start()
        process.join()


def main(megabytes: int) -> None:
    """Generate the files and measure."""
    size = megabytes * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        x12, fhir = Path(folder, "x12"), Path(folder, "fhir")
        x12.mkdir()
        fhir.mkdir()
        write_until(x12 / "claims", size, x12_claims(seed=1))
        write_until(fhir / "encounters", size, fhir_encounters(seed=1))
        print("X12")
        measure(load, x12)
        print("FHIR NDJSON")
        measure(load, fhir)
        measure(load_with_duckdb, fhir)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
