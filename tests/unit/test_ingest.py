"""Ingest: exactly once, all or nothing, and every record accounted for."""

import fcntl
import gzip
import multiprocessing
import os
import resource
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.feeds import FEEDS, SYNTHEA
from orchestration.ingest import (
    IngestProgress,
    IngestResult,
    LandingNotFoundError,
    ingest,
)
from orchestration.landing import wait_for_rest
from orchestration.raw import LOAD_LOG, SCHEMAS, batch_file, parquet_writer
from orchestration.raw_store import RawLockedError, RawWriteError
from orchestration.workers import WorkerLostError

AS_OF = datetime(2026, 10, 31, 12, tzinfo=UTC)
ENCOUNTERS = b"encounter_id,status\ne1,finished\ne2,planned\n"
LINES = b'{"resourceType":"Patient","id":"1"}\n{"resourceType":"Patient","id":"2"}\n'
X12 = (
    b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    b"*260101*1200*^*00501*000000001*0*T*:~TA1*000000001*260101*1200*A*000~IEA*0*1~"
)


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


def load(landing: Path, raw: Path, **options: Any) -> IngestResult:
    result = ingest(landing, raw, as_of=AS_OF, **options)
    for tally in (result.total, *result.by_format.values()):
        assert tally.received == tally.loaded + tally.duplicate + tally.rejected
    return result


def rows(raw: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a raw table in a fixed order."""
    files = sorted((raw / table).glob("*.parquet"))
    found = [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]
    return sorted(found, key=str)


def content(raw: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all that was loaded, but not when and in which batch."""
    volatile = {"_batch_id", "_loaded_at"}
    return {
        table: [
            {name: value for name, value in row.items() if name not in volatile}
            for row in rows(raw, table)
        ]
        for table in ("encounters", "fhir_resources", "x12_segments")
    }


def outcomes(raw: Path) -> list[tuple[str, str, int]]:
    return sorted(
        (row["file_name"], row["outcome"], row["received_count"])
        for row in rows(raw, "load_log")
    )


def fill(landing: Path) -> None:
    (landing / "a").mkdir()
    (landing / "a" / "encounters").write_bytes(ENCOUNTERS)
    (landing / "b.txt").write_bytes(gzip.compress(LINES, mtime=0))
    (landing / "c").write_bytes(X12)


def test_every_row_says_where_it_comes_from(landing: Path, raw: Path) -> None:
    (landing / "f").write_bytes(ENCOUNTERS)
    result = load(landing, raw)
    first, second = sorted(rows(raw, "encounters"), key=lambda row: row["_position"])
    assert first["encounter_id"] == "e1"
    assert (first["_position"], second["_position"]) == (1, 2)
    assert first["_data_source"] == "default"
    assert first["_batch_id"] == f"{result.ingest_id}-000001"
    [log] = rows(raw, "load_log")
    assert log["file_id"] == first["_file_id"]
    assert len(log["file_id"]) == 64
    assert (log["format"], log["feed"], log["outcome"]) == (
        "csv",
        "encounters",
        "loaded",
    )


def test_a_second_ingest_loads_nothing(landing: Path, raw: Path) -> None:
    fill(landing)
    load(landing, raw)
    before = content(raw), outcomes(raw)
    again = load(landing, raw)
    assert again.total.files == 0
    assert (content(raw), outcomes(raw)) == before


def test_a_copy_under_another_name_is_a_duplicate(landing: Path, raw: Path) -> None:
    fill(landing)
    (landing / "copy of encounters").write_bytes(ENCOUNTERS)
    first = load(landing, raw)
    before = content(raw)
    (landing / "later copy").write_bytes(LINES)
    (landing / "later copy.gz").write_bytes(gzip.compress(LINES, mtime=0))
    second = load(landing, raw)
    assert first.total.duplicate == 2
    assert ("copy of encounters", "duplicate", 2) in outcomes(raw)
    assert second.total.loaded == 2  # the same lines, not the same bytes
    assert second.total.duplicate == 2
    assert content(raw)["encounters"] == before["encounters"]


def test_touched_content_under_its_own_name_is_no_news(
    landing: Path, raw: Path
) -> None:
    fill(landing)
    load(landing, raw)
    before = outcomes(raw)
    os.utime(landing / "c", ns=(1, 1))
    assert load(landing, raw).total.files == 0
    assert outcomes(raw) == before


def rewrite_log(raw: Path, **values: Any) -> None:
    """Make the load logs say what readers of another version would have written."""
    for file in (raw / LOAD_LOG).glob("2*.parquet"):
        old = pq.ParquetFile(file).read().to_pylist()
        new = [
            {**row, **(values if row["outcome"] != "duplicate" else {})}
            | {"readers_version": values["readers_version"]}
            for row in old
        ]
        with parquet_writer(file, LOAD_LOG) as writer:
            writer.write_table(pa.Table.from_pylist(new, SCHEMAS[LOAD_LOG]))


@pytest.mark.parametrize("version", [None, 0])
def test_what_other_readers_rejected_whole_is_read_again_once(
    landing: Path, raw: Path, version: int | None
) -> None:
    (landing / "a").write_bytes(b"Dear all, nothing to read here.\n")
    (landing / "copy of a").write_bytes(b"Dear all, nothing to read here.\n")
    load(landing, raw)
    assert load(landing, raw).total.files == 0
    rewrite_log(raw, readers_version=version)
    again = load(landing, raw).total
    assert (again.files, again.rejected, again.duplicate) == (2, 1, 1)
    assert load(landing, raw).total.files == 0


def test_readers_that_know_more_load_what_was_rejected_and_nothing_else(
    landing: Path, raw: Path
) -> None:
    (landing / "a").write_bytes(ENCOUNTERS)
    (landing / "b").write_bytes(ENCOUNTERS)
    load(landing, raw)
    loaded = content(raw)
    rewrite_log(raw, readers_version=0)
    assert load(landing, raw).total.files == 0
    for file in (raw / "encounters").glob("2*.parquet"):
        file.unlink()
    rewrite_log(raw, readers_version=0, outcome="rejected")
    again = load(landing, raw).total
    assert (again.loaded, again.duplicate) == (2, 2)
    assert content(raw) == loaded


def test_new_content_under_a_known_name_is_loaded(landing: Path, raw: Path) -> None:
    (landing / "f").write_bytes(ENCOUNTERS)
    load(landing, raw)
    (landing / "f").write_bytes(ENCOUNTERS + b"e3,finished\n")
    assert load(landing, raw).total.loaded == 3


def test_the_order_of_arrival_does_not_matter(tmp_path: Path) -> None:
    files = {"a": ENCOUNTERS, "b": LINES, "c": X12}
    found = []
    for order in (["a", "b", "c"], ["c", "b", "a"], ["b"]):
        landing, raw = tmp_path / f"l{order}", tmp_path / f"r{order}"
        landing.mkdir()
        for name in order:
            (landing / name).write_bytes(files[name])
            load(landing, raw)
        for name in files.keys() - set(order):
            (landing / name).write_bytes(files[name])
        load(landing, raw)
        found.append(content(raw))
    assert found[0] == found[1] == found[2]


def test_batches_are_bounded_and_found_by_the_ingest_id(
    landing: Path, raw: Path
) -> None:
    for number in range(5):
        (landing / f"{number}").write_bytes(ENCOUNTERS + b"x,%d\n" % number)
    result = load(landing, raw, batch_bytes=120)
    batches = sorted(path.stem for path in (raw / "load_log").glob("2*.parquet"))
    assert batches == [f"{result.ingest_id}-{n:06d}" for n in (1, 2, 3)]
    assert result.total.loaded == 15


def test_names_are_taken_literally(landing: Path, raw: Path) -> None:
    names = ["[ab].csv", "a;b", 'it\'s "quoted"', "line\nbreak", "*", "a..b", "ü"]
    for number, name in enumerate(names):
        (landing / name).write_bytes(ENCOUNTERS + b"x,%d\n" % number)
    with (landing / os.fsdecode(b"\xff")).open("wb") as file:
        file.write(ENCOUNTERS)
    assert load(landing, raw).total.loaded == 3 * len(names) + 2
    logged = {row["file_name"] for row in rows(raw, "load_log")}
    assert logged == {*names, "\\xff"}


def test_hidden_and_unfinished_files_are_counted_and_left_alone(
    landing: Path, raw: Path
) -> None:
    for name in (".hidden", "a.part", "a.TMP", "a.filepart", ".git/x"):
        (landing / name).parent.mkdir(exist_ok=True)
        (landing / name).write_bytes(ENCOUNTERS)
    result = load(landing, raw)
    assert (result.total.files, result.passed_over) == (0, 5)


def test_links_out_pipes_and_sockets_are_refused_once(
    landing: Path, raw: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(ENCOUNTERS)
    (landing / "good").write_bytes(ENCOUNTERS)
    (landing / "link").symlink_to(tmp_path / "secret")
    (landing / "folder link").symlink_to(tmp_path)
    (landing / "nothing").symlink_to(landing / "missing")
    (landing / "inside").symlink_to(landing / "good")
    (landing / "self").symlink_to(landing)
    os.mkfifo(landing / "pipe")
    server = socket.socket(socket.AF_UNIX)
    with working_in(landing):
        server.bind("sock")
    result = load(landing, raw)
    server.close()
    refused = {
        row["file_name"]: row["reason"].rpartition(": ")[2]
        for row in rows(raw, "rejects")
    }
    assert refused == {
        "link": "a link that leads out of the landing folder",
        "folder link": "a link that leads out of the landing folder",
        "nothing": "a link to nothing",
        "pipe": "a pipe",
        "sock": "a socket",
    }
    assert (result.total.loaded, result.total.duplicate) == (2, 2)
    assert load(landing, raw).total.files == 0


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be nobody for a while: root may read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_file_without_permission_is_rejected_until_it_changes(
    landing: Path, raw: Path
) -> None:
    load(landing, raw)  # imports what it needs while it may
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        file = folder / "landing" / "f"
        file.parent.mkdir()
        file.write_bytes(ENCOUNTERS)
        file.chmod(0)
        with without_privileges():
            assert load(file.parent, folder / "raw").total.rejected == 1
            assert load(file.parent, folder / "raw").total.files == 0
        file.chmod(0o644)
        with without_privileges():
            assert load(file.parent, folder / "raw").total.loaded == 2
        [row] = rows(folder / "raw", "rejects")
        assert row["reason"] == "the file could not be opened or read"
        assert (row["position"], row["record_count"]) == (1, 1)


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    landing: Path, raw: Path
) -> None:
    (landing / "a").write_bytes(ENCOUNTERS)
    (landing / "b").write_bytes(LINES)
    reported: list[IngestProgress] = []

    def append_once(progress: IngestProgress) -> None:
        if progress.files_done == 1 and not reported:
            reported.append(progress)
            with (landing / "b").open("ab") as file:
                file.write(LINES)

    result = load(landing, raw, on_progress=append_once)
    assert result.left_for_next_run == 1
    assert outcomes(raw) == [("a", "loaded", 2)]
    assert load(landing, raw).total.loaded == 4


def test_a_change_after_rows_were_written_undoes_the_batch(
    landing: Path, raw: Path
) -> None:
    (landing / "a").write_bytes(ENCOUNTERS)
    (landing / "b").write_bytes(LINES)

    def grow(progress: IngestProgress) -> None:
        if progress.files_done == 1 and progress.records == 4:
            with (landing / "b").open("ab") as file:
                file.write(b"\n")

    result = load(landing, raw, on_progress=grow)
    assert result.left_for_next_run == 1
    assert content(raw)["fhir_resources"] == []
    assert load(landing, raw).total.loaded == 2
    assert len(content(raw)["encounters"]) == 2


def test_a_fresh_file_may_be_given_time_to_settle(landing: Path, raw: Path) -> None:
    (landing / "f").write_bytes(ENCOUNTERS)
    os.utime(landing / "f", ns=(1, 1))  # the sender's time says nothing of the copy
    assert load(landing, raw, settle_seconds=3600).left_for_next_run == 1
    wait_for_rest(landing, settle_seconds=0.1)
    assert load(landing, raw, settle_seconds=0.1).total.loaded == 2


def test_progress_ends_complete(landing: Path, raw: Path) -> None:
    fill(landing)
    reported: list[IngestProgress] = []
    load(landing, raw, on_progress=reported.append)
    last = reported[-1]
    assert (last.files_done, last.files_total) == (3, 3)
    assert last.bytes_done == last.bytes_total > 0
    assert last.records == 7


def test_the_run_is_written_down(landing: Path, raw: Path) -> None:
    first = load(landing, raw)
    result = load(landing, raw, hash_key="salt")
    assert result.ingest_id != first.ingest_id
    [row] = pq.ParquetFile(raw / "run" / "run.parquet").read().to_pylist()
    assert row["as_of"] == AS_OF.replace(tzinfo=None)
    assert (row["ingest_id"], row["hash_key"]) == (result.ingest_id, "salt")


def test_every_raw_table_has_its_columns_before_it_has_rows(
    landing: Path, raw: Path
) -> None:
    load(landing, raw)
    for table, schema in SCHEMAS.items():
        files = str(raw / table / "*.parquet")
        found = duckdb.execute(f"describe from read_parquet('{files}')").fetchall()
        assert [column[0] for column in found] == schema.names
        assert {column[1] for column in found} <= {"VARCHAR", "BIGINT", "TIMESTAMP"}
    assert FEEDS.keys() | SYNTHEA.keys() < SCHEMAS.keys()


def test_a_missing_landing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LandingNotFoundError):
        load(tmp_path / "nowhere", tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


def test_a_second_writer_is_refused(landing: Path, raw: Path) -> None:
    load(landing, raw)
    with (raw / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RawLockedError):
            load(landing, raw)


def test_a_full_disk_is_one_clear_error_and_leaves_nothing_half_written(
    landing: Path, raw: Path
) -> None:
    load(landing, raw)
    (landing / "f").write_bytes(
        b"encounter_id,status\n" + os.urandom(1 << 20).hex().encode() + b",x\n"
    )
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(RawWriteError, match="File too large"):
            load(landing, raw)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert content(raw)["encounters"] == []
    assert outcomes(raw) == []
    assert load(landing, raw).total.loaded == 1


@pytest.mark.parametrize("renamed", [0, 1, 2, 3])
def test_a_crash_between_renames_is_recovered(
    landing: Path, raw: Path, renamed: int
) -> None:
    """The state after a crash: some tables of a batch in place, its log not."""
    fill(landing)
    load(landing, raw)
    expected = content(raw)
    [log] = (raw / "load_log").glob("2*.parquet")
    incoming = raw / ".incoming" / log.stem
    incoming.mkdir(parents=True)
    log.rename(incoming / "load_log.parquet")
    for table in list(expected)[renamed:]:
        batch_file(raw, table, log.stem).rename(incoming / f"{table}.parquet")
    assert load(landing, raw).total.loaded == 7
    assert content(raw) == expected
    assert not (raw / ".incoming").exists()


def test_a_batch_that_cannot_be_moved_whole_does_not_exist(
    landing: Path, raw: Path
) -> None:
    """The load log comes last: what is in its way before it, undoes the batch."""
    fill(landing)

    def obstruct(progress: IngestProgress) -> None:
        for folder in (raw / ".incoming").iterdir():
            obstacle = batch_file(raw, "x12_segments", folder.name) / "x"
            obstacle.mkdir(parents=True, exist_ok=True)

    with pytest.raises(RawWriteError):
        load(landing, raw, on_progress=obstruct)
    assert outcomes(raw) == []
    for obstacle in (raw / "x12_segments").glob("2*"):
        shutil.rmtree(obstacle)
    assert load(landing, raw).total.loaded == 7
    assert len(content(raw)["encounters"]) == 2


def killed_when_records(landing: Path, raw: Path, records: int) -> None:
    def kill(progress: IngestProgress) -> None:
        if progress.records >= records:
            os.kill(os.getpid(), signal.SIGKILL)

    ingest(landing, raw, as_of=AS_OF, on_progress=kill)


@pytest.mark.parametrize("records", [0, 2, 3, 7])
def test_a_killed_ingest_is_made_good_by_the_next(
    landing: Path, raw: Path, tmp_path: Path, records: int
) -> None:
    fill(landing)
    load(landing, tmp_path / "undisturbed")
    process = multiprocessing.get_context("fork").Process(
        target=killed_when_records, args=(landing, raw, records)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    load(landing, raw)
    assert content(raw) == content(tmp_path / "undisturbed")
    assert outcomes(raw) == outcomes(tmp_path / "undisturbed")


def fill_for_two(landing: Path) -> None:
    """More than one batch of 200 bytes, with copies far from their originals."""
    fill(landing)
    for number in range(8):
        lines = LINES.replace(b'"1"', b'"%d"' % (number // 2 + 10))
        (landing / f"d{number}").write_bytes(lines)
    (landing / "zz").write_bytes(ENCOUNTERS)


def test_two_workers_bring_in_what_one_does(
    landing: Path, raw: Path, tmp_path: Path
) -> None:
    fill_for_two(landing)
    reached: list[IngestProgress] = []
    one = load(landing, tmp_path / "one", batch_bytes=200)
    two = load(
        landing, raw, batch_bytes=200, worker_count=2, on_progress=reached.append
    )
    assert two.total == one.total
    assert two.total.duplicate == 10
    assert (content(raw), outcomes(raw)) == (
        content(tmp_path / "one"),
        outcomes(tmp_path / "one"),
    )
    assert (reached[-1].files_done, reached[-1].records) == (12, one.total.loaded)
    assert reached[-1].bytes_done == reached[-1].bytes_total
    assert load(landing, raw, batch_bytes=200, worker_count=2).total.files == 0


def test_a_lost_worker_is_one_clear_error_and_made_good_by_the_next(
    landing: Path, raw: Path, tmp_path: Path
) -> None:
    fill_for_two(landing)

    def kill_one(progress: IngestProgress) -> None:
        for worker in multiprocessing.active_children():
            worker.kill()

    with pytest.raises(WorkerLostError):
        load(landing, raw, batch_bytes=200, worker_count=2, on_progress=kill_one)
    assert not (raw / ".incoming").exists()
    load(landing, raw)
    load(landing, tmp_path / "undisturbed")
    assert content(raw) == content(tmp_path / "undisturbed")
