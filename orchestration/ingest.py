"""What is new in the landing folder comes into raw, exactly once, batch by batch.

It decides what to read and counts what came of it. It leaves out how a format is
read (`readers`), how batches are kept (`raw_store`) and what records mean (dbt).
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.file_load import (
    Target,
    duplicate_file,
    load_file,
    refuse_file,
)
from orchestration.landing import (
    FileChangedError,
    FileUnreadableError,
    LandedFile,
    content_id,
    is_settled,
    landed_files,
)
from orchestration.load_log import History, LogRow, Tally, log_table
from orchestration.raw import RUN, SOURCES
from orchestration.raw_store import IngestError, RawBatch, write_only_file, writing
from orchestration.readers.records import REASONS
from orchestration.sources import Source, Sources

BATCH_BYTES = 256 << 20


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
    """What one ingest brought in; its batches are those whose id begins with its id."""

    ingest_id: str
    total: Tally
    by_format: dict[str, Tally]
    left_for_next_run: int

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
) -> IngestResult:
    """Bring what is new in `landing` into `raw` and return what that was.

    `as_of` (with its zone), the time zones of `sources` and `hash_key` are written
    down for the models. A file that has changed less than `settle_seconds` ago, or
    changes while it is read, is left for the next run. A batch holds files of about
    `batch_bytes` together.

    Raises LandingNotFoundError, RawLockedError when another ingest is at work, and
    RawWriteError when raw cannot be written; batches committed before that stay.
    """
    if not landing.is_dir():
        raise LandingNotFoundError(f"the landing folder {landing} does not exist")
    started_at = datetime.now(UTC)
    ingest_id = f"{started_at:%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
    with writing(raw):
        run = _Ingest(raw, ingest_id, sources, on_progress or _ignore)
        run.load_all(_new_files(landing, run.history), settle_seconds, batch_bytes)
        row = {
            "as_of": as_of.astimezone(UTC).replace(tzinfo=None),
            "ingest_id": ingest_id,
            "hash_key": hash_key,
            "started_at": started_at.replace(tzinfo=None),
        }
        write_only_file(raw, RUN, [row])
        write_only_file(raw, SOURCES, [_zones(source) for source in sources.entries])
    return IngestResult(ingest_id, run.total, run.by_format, run.left)


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
        self._sources = sources
        self._report = report
        self._files = self._files_total = 0
        self._bytes = self._bytes_total = 0
        self._records = 0

    def load_all(
        self, files: list[LandedFile], settle_seconds: float, batch_bytes: int
    ) -> None:
        """Load new files batch by batch."""
        settled = [file for file in files if is_settled(file, settle_seconds)]
        self.left = len(files) - len(settled)
        self._files_total = len(settled)
        self._bytes_total = sum(file.state.size for file in settled)
        for number, group in enumerate(_groups(settled, batch_bytes), start=1):
            batch_id = f"{self._ingest_id}-{number:06d}"
            remaining = group
            while changed := self._load_group(remaining, batch_id):
                remaining = [file for file in remaining if file is not changed]
                self.left += 1

    def _load_group(self, files: list[LandedFile], batch_id: str) -> LandedFile | None:
        """Load files as one batch.

        Nothing was loaded when a file is returned: it changed while it was read.
        """
        loaded_at = datetime.now(UTC).replace(tzinfo=None)
        batch = RawBatch(self._raw, batch_id)
        target = Target(batch, batch_id, loaded_at, self._report_records)
        rows: list[LogRow] = []
        before = self._files, self._bytes, self._records
        try:
            for file in files:
                try:
                    row = self._load(file, target)
                except FileChangedError:
                    self._undo(rows, before)
                    return file
                if row:
                    rows.append(row)
                    self.history.note(row)
                    self._records += row.tally.received
                self._files += 1
                self._bytes += file.state.size
                self._report_records(0, 0)
            if rows:
                batch.commit(log_table(rows, batch_id, loaded_at))
        finally:
            batch.discard()
        self._count(rows)
        return None

    def _load(self, file: LandedFile, target: Target) -> LogRow | None:
        """Load one file; None when its content is no news under its name."""
        source = self._sources.of(file.name)
        if file.refusal:
            return refuse_file(file, "refused", file.refusal, source, target)
        try:
            file_id = content_id(file)
            content = self.history.content(file_id)
            if content is None:
                return load_file(file, file_id, source, target)
        except FileUnreadableError:
            return refuse_file(file, "unreadable", "", source, target)
        if self.history.knows_content_as(file_id, file.name):
            return None
        return duplicate_file(file, file_id, content, source)

    def _undo(self, rows: list[LogRow], before: tuple[int, int, int]) -> None:
        for row in rows:
            self.history.forget(row)
        self._files, self._bytes, self._records = before

    def _count(self, rows: list[LogRow]) -> None:
        for row in rows:
            self.total.include(row.tally)
            self.by_format.setdefault(row.format, Tally()).include(row.tally)

    def _report_records(self, file_bytes: int, file_records: int) -> None:
        self._report(
            IngestProgress(
                self._files,
                self._files_total,
                self._bytes + file_bytes,
                self._bytes_total,
                self._records + file_records,
            )
        )
