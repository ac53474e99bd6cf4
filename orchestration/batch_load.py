"""One batch of landed files: read, written aside, ready to be committed.

Runs in this process or in one of several. It leaves out which files are new and when
a batch comes to be (`ingest`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from orchestration.file_load import Target, load_file, refuse_file
from orchestration.landing import FileChangedError, FileUnreadableError, LandedFile
from orchestration.load_log import LogRow, log_table
from orchestration.raw_store import RawBatch
from orchestration.sources import Source


@dataclass(frozen=True)
class NewFile:
    """A file to load; `file_id` is None where it cannot be read."""

    file: LandedFile
    file_id: str | None
    source: Source


@dataclass(frozen=True)
class NewBatch:
    """Files to load together; all their rows carry `loaded_at` (UTC without a zone)."""

    batch_id: str
    loaded_at: datetime
    files: tuple[NewFile, ...]


@dataclass(frozen=True)
class Reached:
    """What has been done since it was last told; less than nothing when undone."""

    files: int = 0
    bytes: int = 0
    records: int = 0

    def plus(self, more: "Reached") -> "Reached":
        """Return two counts together."""
        return Reached(
            self.files + more.files,
            self.bytes + more.bytes,
            self.records + more.records,
        )

    def since(self, before: "Reached") -> "Reached":
        """Return what was done between two counts."""
        return Reached(
            self.files - before.files,
            self.bytes - before.bytes,
            self.records - before.records,
        )


@dataclass(frozen=True)
class StagedBatch:
    """A batch that can be committed, and the files that changed and are not in it.

    Nothing is staged when `rows` is empty.
    """

    batch_id: str
    rows: tuple[LogRow, ...]
    changed: tuple[LandedFile, ...]


Tell = Callable[[Reached], None]


def stage_batch(raw: Path, new_batch: NewBatch, tell: Tell) -> StagedBatch:
    """Load files into a batch that waits to be committed.

    A file that changes meanwhile spoils the batch, which is begun again without it.
    Raises RawWriteError; then nothing is left of the batch.
    """
    batch_id, loaded_at = new_batch.batch_id, new_batch.loaded_at
    changed: list[LandedFile] = []
    while True:
        remaining = [new for new in new_batch.files if new.file not in changed]
        loading = _Loading(tell)
        batch = RawBatch(raw, batch_id)
        try:
            target = Target(batch, batch_id, loaded_at, loading.go_on)
            rows = []
            for new in remaining:
                try:
                    rows.append(_load(new, target))
                except FileChangedError:
                    changed.append(new.file)
                    break
                loading.end_file(new.file.state.size, rows[-1].tally.received)
            else:
                if rows:
                    batch.stage(log_table(rows, batch_id, loaded_at))
                return StagedBatch(batch_id, tuple(rows), tuple(changed))
        finally:
            batch.discard()
        loading.undo()


def _load(new: NewFile, target: Target) -> LogRow:
    if new.file.refusal:
        return refuse_file(new.file, "refused", new.file.refusal, new.source, target)
    if new.file_id is not None:
        try:
            return load_file(new.file, new.file_id, new.source, target)
        except FileUnreadableError:
            pass
    return refuse_file(new.file, "unreadable", "", new.source, target)


class _Loading:
    """Counts what one attempt at a batch has done and tells it in steps."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told = Reached()
        self._ended = Reached()

    def go_on(self, file_bytes: int, file_records: int) -> None:
        """Take note of how far the current file is."""
        ended = self._ended
        self._say(
            Reached(ended.files, ended.bytes + file_bytes, ended.records + file_records)
        )

    def end_file(self, file_bytes: int, file_records: int) -> None:
        """Take note that the current file is done."""
        self._say(
            Reached(
                self._ended.files + 1,
                self._ended.bytes + file_bytes,
                self._ended.records + file_records,
            )
        )
        self._ended = self._told

    def undo(self) -> None:
        """Take back all that was told."""
        self._say(Reached())

    def _say(self, now: Reached) -> None:
        self._tell(now.since(self._told))
        self._told = now
