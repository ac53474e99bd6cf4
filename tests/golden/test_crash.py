"""A load that is killed or runs out of disk is made good by the next one.

`pytest --kills N` kills more often than the usual few.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingest import ingest
from orchestration.raw import LOAD_LOG, RUN, SCHEMAS, SOURCES
from orchestration.raw_store import RawWriteError, batch_ids
from orchestration.simulator.parameters import DEFAULT_AS_OF
from orchestration.simulator.simulate import simulate

# Small batches: many commits, so that many of the kills fall into one.
BATCH_BYTES = 20_000
BY_THE_CLOCK = 0.4
BY_TWO_WORKERS = 0.25
# What happens to files of raw, as Python announces it before it is done.
STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir")
LOAD = f"""
import os, resource, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from orchestration.ingest import ingest
from orchestration.raw_store import RawWriteError

landing, raw, last_step, file_limit, workers = sys.argv[1:]
steps = 0

def die_at_last_step(event, arguments):
    global steps
    if event in {STEPS} and str(arguments[0]).startswith(raw):
        steps += 1
        if steps == int(last_step):
            os.kill(os.getpid(), signal.SIGKILL)

if limit := int(file_limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
print("begin", flush=True)
sys.addaudithook(die_at_last_step)
try:
    now = datetime.now(UTC)
    ingest(Path(landing), Path(raw), as_of=now, batch_bytes={BATCH_BYTES},
           worker_count=int(workers))
except RawWriteError as error:
    sys.exit(str(error))
print(steps)
"""


@dataclass(frozen=True)
class Undisturbed:
    """What a load that nothing interrupts brings into raw, and how long it takes."""

    tables: dict[str, tuple[int, str]]
    batches: int
    log: list[tuple[object, ...]]
    seconds: float
    steps: int


def load_log(raw: Path) -> list[tuple[object, ...]]:
    return duckdb.execute(
        f"""
        select * exclude (batch_id, loaded_at)
        from '{raw / LOAD_LOG}/*.parquet'
        order by all
        """
    ).fetchall()


def load(landing: Path, raw: Path) -> None:
    ingest(landing, raw, as_of=DEFAULT_AS_OF, batch_bytes=BATCH_BYTES)


def start(
    landing: Path,
    raw: Path,
    *,
    last_step: int = -1,
    file_limit: int = 0,
    workers: int = 1,
) -> subprocess.Popen[str]:
    """Start a load in a process of its own and return when it begins.

    It kills itself at its `last_step`, and writes no file beyond `file_limit` bytes.
    """
    numbers = last_step, file_limit, workers
    process = subprocess.Popen(
        [sys.executable, "-c", LOAD, landing, raw, *map(str, numbers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "begin\n"
    return process


def leftovers(raw: Path) -> list[Path]:
    """Return files in raw that belong to no batch and no table."""
    known = {RUN, SOURCES, "_schema", *batch_ids(raw)}
    return [
        path
        for path in raw.rglob("*")
        if path.suffix == ".draft"
        or path.parent.name == ".incoming"
        or (path.is_file() and path.name != ".lock" and path.stem not in known)
    ]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(
        tmp_path_factory.mktemp("simulated"), encounters=100, seed=3
    ).landing


@pytest.fixture(scope="module")
def undisturbed(
    landing: Path, tmp_path_factory: pytest.TempPathFactory, raw_digests: Any
) -> Undisturbed:
    raw = tmp_path_factory.mktemp("undisturbed") / "raw"
    process = start(landing, raw)
    begin = time.perf_counter()
    steps, _ = process.communicate()
    seconds = time.perf_counter() - begin
    batches = len(batch_ids(raw))
    assert batches > 10
    return Undisturbed(raw_digests(raw), batches, load_log(raw), seconds, int(steps))


def assert_made_good(
    landing: Path, raw: Path, expected: Undisturbed, raw_digests: Any
) -> None:
    load(landing, raw)
    assert raw_digests(raw) == expected.tables
    assert load_log(raw) == expected.log
    assert leftovers(raw) == []


def killed_by_the_clock(landing: Path, raw: Path, after: float, workers: int) -> bool:
    """Kill a load after so many seconds; tell whether it was still at work."""
    process = start(landing, raw, workers=workers)
    time.sleep(after)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def killed_at_a_step(landing: Path, raw: Path, step: int, workers: int) -> bool:
    """Let a load die at one of its steps; tell whether it got there."""
    process = start(landing, raw, last_step=step, workers=workers)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_a_load_killed_anywhere_is_made_good_by_the_next(
    request: pytest.FixtureRequest,
    landing: Path,
    tmp_path: Path,
    undisturbed: Undisturbed,
    raw_digests: Any,
) -> None:
    """Up to three kills in a row, so that repairs are killed too.

    The clock finds the long steps; steps are counted to find the short ones, such
    as those between the first and the last file of a batch that moves into place.
    """
    wanted = request.config.getoption("--kills")
    chance = random.Random(wanted)
    killed = amid = 0
    while killed < wanted:
        raw = tmp_path / "raw"
        for _ in range(chance.randint(1, 3)):
            workers = 2 if chance.random() < BY_TWO_WORKERS else 1
            if chance.random() < BY_THE_CLOCK:
                after = chance.uniform(0, undisturbed.seconds)
                killed += killed_by_the_clock(landing, raw, after, workers)
            else:
                step = chance.randint(1, undisturbed.steps)
                killed += killed_at_a_step(landing, raw, step, workers)
        amid += 0 < len(batch_ids(raw)) < undisturbed.batches
        assert_made_good(landing, raw, undisturbed, raw_digests)
        shutil.rmtree(raw)
    assert amid


def assert_whole_batches_only(raw: Path, expected: Undisturbed) -> None:
    """Every row in raw belongs to a file that the load log says was loaded."""
    logged = set(load_log(raw)) if list((raw / LOAD_LOG).glob("2*")) else set()
    assert logged <= set(expected.log)
    in_tables = sum(
        duckdb.execute(f"select count(*) from '{path}'").fetchall()[0][0]
        for table in SCHEMAS.keys() - {LOAD_LOG, RUN, "rejects"}
        for path in (raw / table).glob("2*.parquet")
    )
    assert in_tables == sum(int(str(row[10])) for row in logged)


@pytest.mark.parametrize("limit", [100, 1_500, 3_000, 5_000])
def test_a_file_that_cannot_grow_is_one_clear_error_and_nothing_half_written(
    landing: Path,
    tmp_path: Path,
    undisturbed: Undisturbed,
    raw_digests: Any,
    limit: int,
) -> None:
    raw = tmp_path / "raw"
    process = start(landing, raw, file_limit=limit)
    _, errors = process.communicate()
    assert errors == f"cannot write to {raw}: File too large\n"
    assert process.returncode == 1
    assert_whole_batches_only(raw, undisturbed)
    assert_made_good(landing, raw, undisturbed, raw_digests)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a file system of 4 MB of its own; only root can have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let root mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_one_clear_error_and_nothing_half_written(
    landing: Path, small_disk: Path, undisturbed: Undisturbed, raw_digests: Any
) -> None:
    raw, ballast = small_disk / "raw", small_disk / "ballast"
    errors = []
    for free in [0, 4_096, *range(16_384, 700_000, 65_536)]:
        ballast.write_bytes(bytes(os.statvfs(small_disk).f_bavail * 4_096 - free))
        try:
            load(landing, raw)
        except RawWriteError as error:
            errors.append(str(error))
            assert_whole_batches_only(raw, undisturbed)
        ballast.unlink()
        assert_made_good(landing, raw, undisturbed, raw_digests)
        shutil.rmtree(raw)
    assert len(errors) > 4
    assert set(errors) == {f"cannot write to {raw}: No space left on device"}
