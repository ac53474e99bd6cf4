"""Batches loaded by several processes at once, or by this one.

Each worker writes its batches aside; only the process that ingests commits them, so
that a worker which outlives it brings nothing in. It leaves out what a batch is.
"""

import ctypes
import multiprocessing
import multiprocessing.connection
import os
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, Protocol

from orchestration.batch_load import NewBatch, Reached, StagedBatch, Tell, stage_batch
from orchestration.raw_store import IngestError

_LOOK_SECONDS = 0.2


class WorkerLostError(IngestError):
    """A worker was killed: give it more memory or run with fewer; then run again."""


class Workers(Protocol):
    """Where batches are loaded."""

    def load(self, batch: NewBatch) -> Iterator[StagedBatch]:
        """Take a batch and yield those that are ready meanwhile."""

    def rest(self) -> Iterator[StagedBatch]:
        """Yield the batches that were taken and not yielded yet."""


@contextmanager
def workers(count: int, raw: Path, tell: Tell) -> Iterator[Workers]:
    """Have `count` processes at work, or this one where it is 1."""
    if count == 1:
        yield _Here(raw, tell)
        return
    context = multiprocessing.get_context("spawn")
    slots = 2 * count
    reached = context.RawArray(ctypes.c_int64, len(_FIELDS) * slots)
    pool = ProcessPoolExecutor(
        count, mp_context=context, initializer=_begin, initargs=(reached,)
    )
    try:
        yield _Elsewhere(pool, slots, raw, reached, tell)
    except BrokenProcessPool:
        message = "a worker was killed while it read, perhaps out of memory"
        raise WorkerLostError(message) from None
    finally:
        pool.shutdown(cancel_futures=True)


class _Here:
    def __init__(self, raw: Path, tell: Tell) -> None:
        self._raw = raw
        self._tell = tell

    def load(self, batch: NewBatch) -> Iterator[StagedBatch]:
        yield stage_batch(self._raw, batch, self._tell)

    def rest(self) -> Iterator[StagedBatch]:
        yield from ()


class _Elsewhere:
    """Keeps every worker busy and one batch ready for each.

    Each batch has a slot, in which the worker that loads it, and no other, writes how
    far it is: no lock that a killed worker could keep.
    """

    def __init__(
        self,
        pool: ProcessPoolExecutor,
        slots: int,
        raw: Path,
        reached: Any,  # noqa: ANN401 - an array of ctypes
        tell: Tell,
    ) -> None:
        self._pool = pool
        self._raw = raw
        self._reached = reached
        self._tell = tell
        self._free = list(range(slots))
        self._told: dict[int, Reached] = {}
        self._loading: dict[Future[StagedBatch], int] = {}

    def load(self, batch: NewBatch) -> Iterator[StagedBatch]:
        slot = self._free.pop()
        self._reached[_fields_of(slot)] = astuple(Reached())
        self._told[slot] = Reached()
        self._loading[self._pool.submit(_stage, self._raw, batch, slot)] = slot
        if not self._free:
            yield from self._ready(len(self._loading) - 1)

    def rest(self) -> Iterator[StagedBatch]:
        yield from self._ready(0)

    def _ready(self, most_left: int) -> Iterator[StagedBatch]:
        """Yield what is ready, waiting while more than `most_left` are not."""
        while len(self._loading) > most_left:
            done, _ = wait(self._loading, _LOOK_SECONDS, FIRST_COMPLETED)
            self._say()
            for future in done:
                self._free.append(self._loading.pop(future))
                yield future.result()

    def _say(self) -> None:
        for slot in self._loading.values():
            now = Reached(*self._reached[_fields_of(slot)])
            self._tell(now.since(self._told[slot]))
            self._told[slot] = now


_FIELDS = fields(Reached)

_shared: Any = None
"""How far each batch is: the fields of `Reached`, slot by slot."""


def _fields_of(slot: int) -> slice:
    return slice(slot * len(_FIELDS), (slot + 1) * len(_FIELDS))


def _begin(reached: Any) -> None:  # noqa: ANN401 - an array of ctypes
    global _shared  # noqa: PLW0603 - an inherited array cannot be passed with a task
    _shared = reached
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker when the process that ingests is no more."""
    parent = multiprocessing.parent_process()
    if parent:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _stage(raw: Path, batch: NewBatch, slot: int) -> StagedBatch:
    def add(done: Reached) -> None:
        before = Reached(*_shared[_fields_of(slot)])
        _shared[_fields_of(slot)] = astuple(before.plus(done))

    return stage_batch(raw, batch, add)
