"""What is new in the landing folder comes into raw, exactly once, batch by batch.

It decides what to read and counts what came of it. It leaves out how a format is
read (`readers`), how batches are kept (`raw_store`) and what records mean (dbt).
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from orchestration.batch_load import NewBatch, NewFile, Reached, StagedBatch
from orchestration.file_load import duplicate_file
from orchestration.landing import (
    FileChangedError,
    FileUnreadableError,
    LandedFile,
    content_id,
    is_settled,
    landed_files,
    passed_over_count,
)
from orchestration.load_log import History, LogRow, Tally, log_table
from orchestration.raw import RUN, SOURCES
from orchestration.raw_store import (
    IngestError,
    RawBatch,
    commit,
    write_only_file,
    writing,
)
from orchestration.readers.records import REASONS
from orchestration.sources import Source, Sources
from orchestration.workers import workers

BATCH_BYTES = 128 << 20


class LandingNotFoundError(IngestError):
    """The landing folder does not exist or is no folder: check where it should be."""


@dataclass(frozen=True)
class IngestProgress:
    """How far an ingest is: files, bytes as they lie in landing, records so far."""

    files_done: int
    files_total: int
    bytes_done: int
    bytes_total: int
    records: int


@dataclass(frozen=True)
class RejectReason:
    """How many records were rejected for a reason; 0 when it was only a warning."""

    reason_code: str
    reason: str
    record_count: int


@dataclass(frozen=True)
class IngestResult:
    """What one ingest brought in; its batches are those whose id begins with its id.

    Files that still changed are left for the next run; hidden files and unfinished
    uploads are passed over until they have another name.
    """

    ingest_id: str
    total: Tally
    by_format: dict[str, Tally]
    left_for_next_run: int
    passed_over: int

    @property
    def reject_reasons(self) -> list[RejectReason]:
        """Why records were rejected, the most frequent reason first."""
        return [
            RejectReason(code, REASONS[code], records)
            for code, records in self.total.reasons.most_common()
        ]


def ingest(
    landing: Path,
    raw: Path,
    *,
    as_of: datetime,
    sources: Sources = Sources(),  # noqa: B008 - frozen
    hash_key: str = "",
    on_progress: Callable[[IngestProgress], None] | None = None,
    settle_seconds: float = 0.0,
    batch_bytes: int = BATCH_BYTES,
    worker_count: int = 1,
) -> IngestResult:
    """Bring what is new in `landing` into `raw` and return what that was.

    `as_of` (with its zone), the time zones of `sources` and `hash_key` are written
    down for the models. A file that has changed less than `settle_seconds` ago, or
    changes while it is read, is left for the next run. A batch holds files of about
    `batch_bytes` together; several batches are read by `worker_count` processes.

    Raises LandingNotFoundError, RawLockedError when another ingest is at work, and
    RawWriteError when raw cannot be written; batches committed before that stay.
    """
    if not landing.is_dir():
        raise LandingNotFoundError(f"the landing folder {landing} does not exist")
    started_at = datetime.now(UTC)
    ingest_id = f"{started_at:%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
    with writing(raw):
        run = _Ingest(raw, ingest_id, sources, on_progress or _ignore)
        new = _new_files(landing, run.history)
        run.load_all(new, settle_seconds, batch_bytes, worker_count)
        row = {
            "as_of": as_of.astimezone(UTC).replace(tzinfo=None),
            "ingest_id": ingest_id,
            "hash_key": hash_key,
            "started_at": started_at.replace(tzinfo=None),
        }
        write_only_file(raw, RUN, [row])
        write_only_file(raw, SOURCES, [_zones(source) for source in sources.entries])
    return IngestResult(
        ingest_id, run.total, run.by_format, run.left, passed_over_count(landing)
    )


def _ignore(_: IngestProgress) -> None:
    """Report to nobody."""


def _zones(source: Source) -> dict[str, object]:
    return {
        "data_source": source.name,
        "time_zone": source.time_zone,
        "submitter_zone": source.submitter_zone,
    }


def _new_files(landing: Path, history: History) -> list[LandedFile]:
    return [file for file in landed_files(landing) if not history.knows(file)]


def _groups(files: list[LandedFile], batch_bytes: int) -> Iterator[list[LandedFile]]:
    """Yield files in order, in groups of about `batch_bytes` together."""
    group: list[LandedFile] = []
    size = 0
    for file in files:
        if group and size + file.state.size > batch_bytes:
            yield group
            group, size = [], 0
        group.append(file)
        size += file.state.size
    if group:
        yield group


class _Ingest:
    """The state of one ingest: what is known, and the counts so far."""

    def __init__(
        self,
        raw: Path,
        ingest_id: str,
        sources: Sources,
        report: Callable[[IngestProgress], None],
    ) -> None:
        self.history = History.read(raw, sources)
        self.total = Tally()
        self.by_format: dict[str, Tally] = {}
        self.left = 0
        self._raw = raw
        self._ingest_id = ingest_id
        self._batches = 0
        self._sources = sources
        self._taken: set[str] = set()
        self._copies: list[NewFile] = []
        self._report = report
        self._progress = IngestProgress(0, 0, 0, 0, 0)

    def load_all(
        self,
        files: list[LandedFile],
        settle_seconds: float,
        batch_bytes: int,
        worker_count: int,
    ) -> None:
        """Load new files batch by batch, and log those that hold nothing new."""
        settled = [file for file in files if is_settled(file, settle_seconds)]
        self.left = len(files) - len(settled)
        size = sum(file.state.size for file in settled)
        self._progress = IngestProgress(0, len(settled), 0, size, 0)
        if size <= batch_bytes:
            worker_count = 1
        with workers(worker_count, self._raw, self._tell) as at_work:
            for group in _groups(settled, batch_bytes):
                if new := tuple(self._new(group)):
                    for staged in at_work.load(self._next_batch(new)):
                        self._commit(staged)
            for staged in at_work.rest():
                self._commit(staged)
        self._log_copies()

    def _new(self, files: list[LandedFile]) -> Iterator[NewFile]:
        """Yield the files to read; those whose content is known are set aside."""
        for file in files:
            source = self._sources.of(file.name)
            try:
                file_id = None if file.refusal else content_id(file)
            except FileUnreadableError:
                file_id = None
            except FileChangedError:
                self.left += 1
                continue
            if file_id is None:
                yield NewFile(file, None, source)
            elif file_id not in self._taken and not self.history.content(file_id):
                self._taken.add(file_id)
                yield NewFile(file, file_id, source)
            else:
                if not self.history.knows_content_as(file_id, file.name):
                    self._copies.append(NewFile(file, file_id, source))
                self._tell(Reached(files=1, bytes=file.state.size))

    def _next_batch(self, files: tuple[NewFile, ...]) -> NewBatch:
        self._batches += 1
        batch_id = f"{self._ingest_id}-{self._batches:06d}"
        return NewBatch(batch_id, datetime.now(UTC).replace(tzinfo=None), files)

    def _commit(self, staged: StagedBatch) -> None:
        if staged.rows:
            commit(self._raw, staged.batch_id)
        self._count(staged.rows)
        self.left += len(staged.changed)

    def _log_copies(self) -> None:
        """Log the copies; where the original changed while it was read, none."""
        rows = []
        for copy in self._copies:
            content = self.history.content(copy.file_id or "")
            if content is None:
                self.left += 1
            else:
                file_id = copy.file_id or ""
                rows.append(duplicate_file(copy.file, file_id, content, copy.source))
        if rows:
            new = self._next_batch(tuple(self._copies))
            batch = RawBatch(self._raw, new.batch_id)
            try:
                batch.stage(log_table(rows, new.batch_id, new.loaded_at))
                commit(self._raw, new.batch_id)
            finally:
                batch.discard()
            self._count(rows)

    def _count(self, rows: Iterable[LogRow]) -> None:
        for row in rows:
            self.history.note(row)
            self.total.include(row.tally)
            self.by_format.setdefault(row.format, Tally()).include(row.tally)

    def _tell(self, done: Reached) -> None:
        self._progress = replace(
            self._progress,
            files_done=self._progress.files_done + done.files,
            bytes_done=self._progress.bytes_done + done.bytes,
            records=self._progress.records + done.records,
        )
        self._report(self._progress)
