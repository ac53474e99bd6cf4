"""Whatever lies in the landing folder is loaded literally or refused, never waited on.

Every ingest here must end within seconds: an alarm ends the test when it does not.
"""

import os
import signal
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.ingest import IngestProgress, IngestResult, ingest
from orchestration.landing import wait_for_rest
from orchestration.simulator.parameters import DEFAULT_AS_OF

SECONDS = 20
NOBODY = 65534
LOADED_NAMES = [
    "[ab].csv",
    "[!a]*.csv",
    "?",
    "*",
    "{a,b}.csv",
    "a;b.ndjson",
    "a&b|c",
    "$(touch owned)",
    "`touch owned`",
    "'; drop table encounters; --",
    'a "quoted" name.csv',
    "it's.csv",
    "line\nbreak.csv",
    "carriage\rreturn",
    "tab\tname",
    "bell\a\x1b[31m",
    "-rf",
    "--help",
    "a..b",
    "a...",
    " leading and trailing ",
    "%s%n%00",
    "{{ jinja }}",
    "C:\\windows\\name.csv",
    "file:\u2215\u2215etc",
    "nul",
    "~",
    "\u202egpj.exe",
    "n\u0303",
    "\u00f1",
    "\U0001f4a9",
    "x" * 255,
    "null",
    "s3:name=1",
]


def encounters(number: int) -> bytes:
    return b"encounter_id,status\nE-%d,finished\n" % number


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """End a test that waits, for whatever it waits."""

    def too_late(*_: object) -> None:
        raise TimeoutError("this ingest hangs")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing"
    folder.mkdir()
    return folder


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


def load(landing: Path, raw: Path, **options: Any) -> IngestResult:
    return ingest(landing, raw, as_of=DEFAULT_AS_OF, **options)


def rows(raw: Path, table: str) -> list[dict[str, Any]]:
    files = sorted((raw / table).glob("2*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def outcomes(raw: Path) -> dict[str, str]:
    return {row["file_name"]: row["outcome"] for row in rows(raw, "load_log")}


def refused(raw: Path) -> dict[str, str]:
    """Return why files were refused, by name."""
    return {
        row["file_name"]: row["reason"].rpartition(": ")[2]
        for row in rows(raw, "rejects")
    }


def encounter_ids(raw: Path) -> set[str]:
    return {row["encounter_id"] for row in rows(raw, "encounters")}


def tree(folder: Path) -> list[bytes]:
    return sorted(os.fsencode(path) for path in folder.rglob("*"))


def test_names_of_any_characters_are_literal(
    landing: Path, raw: Path, tmp_path: Path
) -> None:
    for number, name in enumerate(LOADED_NAMES):
        (landing / name).write_bytes(encounters(number))
    before = tree(landing)
    load(landing, raw)
    assert outcomes(raw) == dict.fromkeys(LOADED_NAMES, "loaded")
    assert encounter_ids(raw) == {f"E-{n}" for n in range(len(LOADED_NAMES))}
    assert tree(landing) == before
    assert {path.name for path in tmp_path.iterdir()} == {"landing", "raw"}
    assert load(landing, raw).total.files == 0


def test_folders_of_any_characters_are_literal(landing: Path, raw: Path) -> None:
    for number, name in enumerate(LOADED_NAMES):
        (landing / name).mkdir()
        (landing / name / "f").write_bytes(encounters(number))
    load(landing, raw)
    expected = {f"{name}/f": "loaded" for name in LOADED_NAMES}
    assert outcomes(raw) == expected


def test_bytes_that_are_no_text_are_escaped_and_stay_apart(
    landing: Path, raw: Path
) -> None:
    names = [b"\xff.csv", b"\xfe.csv", b"caf\xe9", b"\xed\xa0\x80"]
    for number, name in enumerate(names):
        with (landing / os.fsdecode(name)).open("wb") as file:
            file.write(encounters(number))
    load(landing, raw)
    assert set(outcomes(raw)) == {
        "\\xff.csv",
        "\\xfe.csv",
        "caf\\xe9",
        "\\xed\\xa0\\x80",
    }
    assert len(encounter_ids(raw)) == len(names)
    assert load(landing, raw).total.files == 0


def test_a_name_that_looks_like_an_escaped_one_is_another_file(
    landing: Path, raw: Path
) -> None:
    (landing / "\\xff").write_bytes(encounters(1))
    with (landing / os.fsdecode(b"\xff")).open("wb") as file:
        file.write(encounters(2))
    load(landing, raw)
    assert encounter_ids(raw) == {"E-1", "E-2"}
    assert load(landing, raw).total.files == 0


def test_a_name_does_not_reach_where_raw_is_written(landing: Path, raw: Path) -> None:
    """Only ids of our own become file names."""
    for number, name in enumerate(LOADED_NAMES):
        (landing / name).write_bytes(encounters(number))
    load(landing, raw)
    written = b"\n".join(tree(raw))
    for name in (name for name in LOADED_NAMES if len(name) > 3 and name != "null"):
        assert name.encode() not in written


def test_a_folder_with_the_name_of_a_file_is_a_folder(landing: Path, raw: Path) -> None:
    (landing / "x.csv").mkdir()
    (landing / "x.csv" / "y.csv").write_bytes(encounters(1))
    (landing / "empty.csv").mkdir()
    load(landing, raw)
    assert outcomes(raw) == {"x.csv/y.csv": "loaded"}


def test_links_inside_are_read_and_links_out_are_refused(
    landing: Path, raw: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(encounters(666))
    (tmp_path / "landing-other").mkdir()
    (tmp_path / "landing-other" / "secret").write_bytes(encounters(667))
    (landing / "good").write_bytes(encounters(1))
    (landing / "inside").symlink_to("good")
    (landing / "by name").symlink_to("../landing/good")
    (landing / "out").symlink_to("../secret")
    (landing / "out folder").symlink_to(tmp_path)
    (landing / "same start").symlink_to("../landing-other/secret")
    (landing / "twice").symlink_to("out")
    (landing / "device").symlink_to("/dev/zero")
    (landing / "process").symlink_to("/proc/self/fd/0")
    load(landing, raw)
    assert encounter_ids(raw) == {"E-1"}
    leads_out = "a link that leads out of the landing folder"
    names = ("out", "out folder", "same start", "twice", "device", "process")
    assert refused(raw) == dict.fromkeys(names, leads_out)
    assert sorted(outcomes(raw).items())[:1] == [("by name", "loaded")]
    assert load(landing, raw).total.files == 0


def test_loops_of_links_end(landing: Path, raw: Path) -> None:
    (landing / "a").symlink_to("b")
    (landing / "b").symlink_to("a")
    (landing / "self").symlink_to("self")
    (landing / "here").symlink_to(".")
    (landing / "deep").mkdir()
    (landing / "deep" / "up").symlink_to("..")
    (landing / "deep" / "good").write_bytes(encounters(1))
    load(landing, raw)
    assert outcomes(raw).pop("deep/good") == "loaded"
    assert set(refused(raw)) == {"a", "b", "self"}
    assert load(landing, raw).total.files == 0


def test_a_very_deep_folder_is_walked_or_refused(landing: Path, raw: Path) -> None:
    before = Path.cwd()
    os.chdir(landing)
    try:
        for _ in range(200):
            Path("d" * 20).mkdir()
            os.chdir("d" * 20)
        Path("f").write_bytes(encounters(1))
    finally:
        os.chdir(before)
    (landing / "z").write_bytes(encounters(2))
    load(landing, raw)
    assert "E-2" in encounter_ids(raw)
    assert len(outcomes(raw)) == 2


def test_pipes_sockets_and_devices_are_refused(landing: Path, raw: Path) -> None:
    os.mkfifo(landing / "pipe.csv")
    (landing / "link to pipe").symlink_to("pipe.csv")
    expected = {"pipe.csv": "a pipe", "link to pipe": "a pipe", "s": "a socket"}
    if os.geteuid() == 0:
        try:
            os.mknod(landing / "zero", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
            expected["zero"] = "a device"
        except PermissionError:
            pass  # a container without that right
    before = Path.cwd()
    os.chdir(landing)  # the path of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("s")
            load(landing, raw)
    finally:
        os.chdir(before)
    assert refused(raw) == expected
    assert load(landing, raw).total.files == 0


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up what root may for a while."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_folder_without_permission_is_refused_and_its_neighbour_loaded(
    landing: Path, raw: Path
) -> None:
    load(landing, raw)  # imports what it needs while it may
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o777)
        for folder in ("closed.csv", "open"):
            (root / "landing" / folder).mkdir(parents=True)
            (root / "landing" / folder / "f").write_bytes(encounters(1))
        (root / "landing" / "closed.csv").chmod(0)
        with as_nobody():
            load(root / "landing", root / "raw")
            assert load(root / "landing", root / "raw").total.files == 0
        (root / "landing" / "closed.csv").chmod(0o755)
        assert refused(root / "raw") == {"closed.csv": "the folder cannot be opened"}
        assert outcomes(root / "raw")["open/f"] == "loaded"
        with as_nobody():
            load(root / "landing", root / "raw")
        assert outcomes(root / "raw")["closed.csv/f"] == "duplicate"


def become_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def become_link_out(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.parent.parent / "secret")


def become_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def vanish(file: Path) -> None:
    file.unlink()


SWAPS = [become_pipe, become_link_out, become_folder, vanish]


@pytest.mark.parametrize("swap", SWAPS)
def test_what_a_file_turns_into_after_it_was_found_is_not_read(
    landing: Path, raw: Path, tmp_path: Path, swap: Callable[[Path], None]
) -> None:
    """A sender must not lead us out of the folder between a look and a read."""
    (landing / "a").write_bytes(encounters(1))
    (landing / "b").write_bytes(encounters(2))
    (tmp_path / "secret").write_bytes(encounters(6))
    for look_alike in (landing / "b", tmp_path / "secret"):
        os.utime(look_alike, ns=(1, 1))
        time.sleep(0.02)  # the one thing that nobody can choose is when they did it
    swapped: list[IngestProgress] = []

    def swap_once(progress: IngestProgress) -> None:
        if progress.files_done == 1 and not swapped:
            swapped.append(progress)
            swap(landing / "b")

    result = load(landing, raw, on_progress=swap_once)
    assert result.left_for_next_run == 1
    assert encounter_ids(raw) == {"E-1"}
    load(landing, raw)
    assert encounter_ids(raw) == {"E-1"}


def test_a_folder_that_became_a_file_leads_nowhere(landing: Path, raw: Path) -> None:
    (landing / "a").write_bytes(encounters(1))
    (landing / "b").mkdir()
    (landing / "b" / "c").write_bytes(encounters(2))

    def swap_once(progress: IngestProgress) -> None:
        if (landing / "b").is_dir():
            (landing / "b" / "c").unlink()
            (landing / "b").rmdir()
            (landing / "b").write_bytes(encounters(3))

    assert load(landing, raw, on_progress=swap_once).left_for_next_run == 1
    load(landing, raw)
    assert outcomes(raw) == {"a": "loaded", "b": "loaded"}
    assert encounter_ids(raw) == {"E-1", "E-3"}


def test_a_file_that_is_being_written_is_not_taken_until_it_is_stable(
    landing: Path, raw: Path
) -> None:
    """The writer pauses for longer than an ingest takes, but not for long."""
    lines = [b"E-%d,finished\n" % number for number in range(20)]
    (landing / "done").write_bytes(encounters(99))
    time.sleep(2)

    def write_slowly() -> None:
        with (landing / "slow.csv").open("wb", buffering=0) as file:
            file.write(b"encounter_id,status\n")
            for line in lines:
                file.write(line)
                time.sleep(0.1)

    writer = threading.Thread(target=write_slowly)
    writer.start()
    left = 0
    while writer.is_alive():
        left += load(landing, raw, settle_seconds=2).left_for_next_run
    assert left > 0
    assert outcomes(raw) == {"done": "loaded"}
    wait_for_rest(landing, settle_seconds=2)
    load(landing, raw, settle_seconds=2)
    assert outcomes(raw)["slow.csv"] == "loaded"
    assert len(encounter_ids(raw)) == len(lines) + 1
    assert len(rows(raw, "load_log")) == 2
