"""Raw as a place: one writer at a time, whole batches or nothing.

A batch is written aside, moved into place table by table, its load log last; it
exists when its load log exists. It leaves out where rows come from.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.raw import (
    LOAD_LOG,
    RUN,
    SCHEMAS,
    SOURCES,
    batch_file,
    parquet_writer,
    write_empty_tables,
)

_INCOMING = ".incoming"
_LOCK = ".lock"
_ROW_GROUP_BYTES = 64 << 20


class IngestError(Exception):
    """Nothing more can be ingested; the message says why, in plain words."""


class RawLockedError(IngestError):
    """Another process is writing to raw: wait for it or stop it."""


class RawWriteError(IngestError):
    """Raw cannot be written: make room or give permission, then run again."""


@contextmanager
def writing(raw: Path) -> Iterator[None]:
    """Hold raw as its only writer, with its tables present and old debris removed.

    Raises RawLockedError when another process holds it, RawWriteError when raw
    cannot be written.
    """
    with _write_errors(raw):
        raw.mkdir(parents=True, exist_ok=True)
        lock = (raw / _LOCK).open("ab")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RawLockedError(f"another process is writing to {raw}") from None
        with _write_errors(raw):
            _recover(raw)
            write_empty_tables(raw)
        try:
            yield
        finally:
            shutil.rmtree(raw / _INCOMING, ignore_errors=True)


@contextmanager
def _write_errors(raw: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "the write failed"
        raise RawWriteError(f"cannot write to {raw}: {reason}") from error


def _recover(raw: Path) -> None:
    """Remove what an interrupted run left: batches without their load log."""
    shutil.rmtree(raw / _INCOMING, ignore_errors=True)
    for table in SCHEMAS.keys() - {LOAD_LOG, RUN, SOURCES}:
        for path in (raw / table).glob("*.parquet"):
            is_schema = path.stem.startswith("_")
            if not is_schema and not batch_file(raw, LOAD_LOG, path.stem).exists():
                path.unlink()


def batch_ids(raw: Path) -> list[str]:
    """Return the batches that exist, oldest first."""
    logs = (raw / LOAD_LOG).glob("*.parquet")
    return sorted(path.stem for path in logs if not path.stem.startswith("_"))


def write_only_file(raw: Path, table: str, rows: list[dict[str, object]]) -> None:
    """Replace all rows of a table that says how things are now."""
    target = batch_file(raw, table, table)
    draft = target.with_suffix(".draft")
    with _write_errors(raw):
        with draft.open("wb") as file:
            with parquet_writer(file, table) as writer:
                writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMAS[table]))
            _to_disk(file)
        draft.replace(target)
        _folder_to_disk(target.parent)


class RawBatch:
    """One batch on its way into raw.

    Rows are collected to row groups of bounded size, so memory does not grow with
    the batch. Every method raises RawWriteError when raw cannot be written.
    """

    def __init__(self, raw: Path, batch_id: str) -> None:
        """Begin an empty batch; nothing of it is visible before `commit`."""
        self._raw = raw
        self._batch_id = batch_id
        self._folder = raw / _INCOMING / batch_id
        self._tables: dict[str, _TableFile] = {}
        self._is_staged = False
        with _write_errors(raw):
            self._folder.mkdir(parents=True)

    def add(self, table: str, rows: pa.RecordBatch) -> None:
        """Add rows that have the schema of the raw table."""
        with _write_errors(self._raw):
            if table not in self._tables:
                path = self._folder / f"{table}.parquet"
                self._tables[table] = _TableFile(path, table)
            self._tables[table].add(rows)

    def stage(self, load_log: pa.RecordBatch) -> None:
        """End the batch with its load log; it is whole, on disk and not visible yet."""
        self.add(LOAD_LOG, load_log)
        with _write_errors(self._raw):
            for table in self._tables.values():
                table.close()
        self._is_staged = True

    def discard(self) -> None:
        """Remove all traces of a batch that was not staged."""
        if self._is_staged:
            return
        for table in self._tables.values():
            table.abandon()
        shutil.rmtree(self._folder, ignore_errors=True)


def commit(raw: Path, batch_id: str) -> None:
    """Make a staged batch exist; raises RawWriteError."""
    folder = raw / _INCOMING / batch_id
    with _write_errors(raw):
        tables = sorted(path.stem for path in folder.iterdir())
        for table in sorted(tables, key=lambda table: table == LOAD_LOG):
            target = batch_file(raw, table, batch_id)
            (folder / f"{table}.parquet").rename(target)
            _folder_to_disk(target.parent)
        folder.rmdir()


class _TableFile:
    """The Parquet file of one table in a batch."""

    def __init__(self, path: Path, table: str) -> None:
        self.path = path
        self._file = path.open("wb")
        self._writer: pq.ParquetWriter = parquet_writer(self._file, table)
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_bytes = 0

    def add(self, rows: pa.RecordBatch) -> None:
        self._waiting.append(rows)
        self._waiting_bytes += rows.nbytes
        if self._waiting_bytes >= _ROW_GROUP_BYTES:
            self._write()

    def close(self) -> None:
        self._write()
        self._writer.close()
        _to_disk(self._file)
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that is going to be removed."""
        with suppress(OSError):
            self._writer.close()
        with suppress(OSError):
            self._file.close()

    def _write(self) -> None:
        if self._waiting:
            rows = pa.Table.from_batches(self._waiting).unify_dictionaries()
            self._writer.write_table(rows, row_group_size=rows.num_rows)
        self._waiting, self._waiting_bytes = [], 0


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _folder_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
