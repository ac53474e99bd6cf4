"""How long a suite takes for a million rows that came in, and in how much memory.

Writes documents as one ingest would, all of them good or a tenth of them broken, and
holds them against their suite in a process of its own. DuckDB then scans the columns
that the suite reads. The exit status is 1 when the suite takes five seconds or more.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from orchestration import evaluation, raw, validation

INGEST = "20260101T000000Z"
LIMIT_SECONDS = 5.0
FEED = "documents"


def write_documents(folder: Path, rows: int, broken: float) -> None:
    """Write rows of the feed documents, a share of them with every field wrong."""
    raw.write_empty_tables(folder)
    target = raw.batch_file(folder, FEED, f"{INGEST}-0001")

    def text(name: str, good: str) -> str:
        is_broken = f"hash(i) % 1000 < {broken * 1000}"
        return f"case when {is_broken} then 'x' || i else {good} end as {name}"

    def at(name: str, seconds: int) -> str:
        moment = f"timestamp '2026-01-01' + interval (i + {seconds}) second"
        return text(name, f"strftime({moment}, '%Y-%m-%dT%H:%M:%SZ')")

    columns = ", ".join(
        (
            "'f' as _file_id, i as _position, 's' as _data_source",
            "'b' as _batch_id, timestamp '2026-01-01' as _loaded_at",
            "'D' || i as document_id, 'E' || i // 2 as encounter_id",
            "'progress_note' as document_type",
            text("status", "'final'"),
            text("author_npi", "cast(1000000000 + i % 300 as varchar)"),
            at("created_at", 0),
            at("signed_at", 500),
            text("cosign_required", "'true'"),
            text("cosigned_by_npi", "cast(1000000000 + i % 30 as varchar)"),
            at("cosigned_at", 900),
            "null::varchar as replaces_document_id",
            at("updated_at", 900),
            "null::varchar as _extra",
        )
    )
    duckdb.sql("set enable_progress_bar = false")
    duckdb.sql(f"copy (select {columns} from range({rows}) as t(i)) to '{target}'")


def measure(folder: Path, answers: "multiprocessing.Queue[tuple[float, ...]]") -> None:
    """Time the suite in this process; the import of its library apart."""
    (suite,) = [one for one in validation.read_suites() if one.name == FEED]
    started = time.perf_counter()
    validation.load_suite(suite)
    imported, processor = time.perf_counter(), time.process_time()
    outcomes = evaluation.validate_ingest(suite, raw=folder, ingest_id=INGEST)
    ended, processor = time.perf_counter(), time.process_time() - processor
    failed = sum(outcome.failed_count or 0 for outcome in outcomes)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answers.put((imported - started, ended - imported, processor, failed, peak))


def scan(folder: Path) -> float:
    """Time DuckDB reading every text that the suite reads."""
    (suite,) = [one for one in validation.read_suites() if one.name == FEED]
    reads = {name for item in suite.expectations for name in item.rule.reads}
    named = reads & set(raw.SCHEMAS[FEED].names)
    lengths = ", ".join(f"sum(length({name}))" for name in sorted(named))
    started = time.perf_counter()
    duckdb.sql(f"select {lengths} from '{folder / FEED}/{INGEST}-*.parquet'").fetchall()
    return time.perf_counter() - started


def main() -> None:
    """Measure good and broken rows; print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    slowest = 0.0
    print(
        f"{'rows':>10} {'broken':>7} {'suite s':>8} {'of processor':>12}"
        f" {'scan s':>7} {'ratio':>6}"
        f" {'peak MB':>8} {'failures':>9} {'import s':>9}"
    )
    for broken in (0.0, 0.1):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_documents(folder, rows, broken)
            spawn = multiprocessing.get_context("spawn")
            answers: multiprocessing.Queue[tuple[float, ...]] = spawn.Queue()
            process = spawn.Process(target=measure, args=(folder, answers))
            process.start()
            imported, seconds, processor, failed, peak = answers.get()
            process.join()
            plain = scan(folder)
        slowest = max(slowest, seconds)
        print(
            f"{rows:>10,} {broken:>7.0%} {seconds:>8.2f} {processor:>12.2f}"
            f" {plain:>7.2f}"
            f" {seconds / plain:>6.1f} {peak:>8.0f} {failed:>9,.0f} {imported:>9.2f}"
        )
    sys.exit(slowest >= LIMIT_SECONDS)


if __name__ == "__main__":
    main()
