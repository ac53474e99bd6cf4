"""The load log: what became of every file, and what that says about the next.

For each row received = loaded + duplicate + rejected. It leaves out how records
are counted (`ingest`) and how rows are written (`raw_store`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.landing import FileState, LandedFile
from orchestration.raw import LOAD_LOG, SCHEMAS, batch_file
from orchestration.raw_store import batch_ids
from orchestration.readers.records import READERS_VERSION, REASONS, Reject
from orchestration.sources import Sources

LOADED, PARTLY_LOADED, DUPLICATE, REJECTED = (
    "loaded",
    "partly_loaded",
    "duplicate",
    "rejected",
)
_SHOWN_REASONS = 3


@dataclass
class Tally:
    """Counts of the records of one or more files."""

    files: int = 0
    received: int = 0
    loaded: int = 0
    duplicate: int = 0
    rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Rejected records by reason code; a code that only warned is there with 0."""

    def count_loaded(self, records: int) -> None:
        """Count records that were loaded."""
        self.received += records
        self.loaded += records

    def count_rejected(self, reject: Reject) -> None:
        """Count what a reject stands for; a warning stands for no record."""
        self.received += reject.record_count
        self.rejected += reject.record_count
        self.reasons[reject.reason_code] += reject.record_count

    def include(self, other: "Tally") -> None:
        """Add the counts of another tally to this one."""
        self.files += other.files
        self.received += other.received
        self.loaded += other.loaded
        self.duplicate += other.duplicate
        self.rejected += other.rejected
        for code, records in other.reasons.items():
            self.reasons[code] += records

    @property
    def outcome(self) -> str:
        """What became of a file that was read, with these counts."""
        if not self.rejected:
            return LOADED
        return PARTLY_LOADED if self.loaded else REJECTED

    @property
    def reason(self) -> str | None:
        """Why not all was loaded as it stands, the most frequent reasons first."""
        codes = [code for code, _ in self.reasons.most_common(_SHOWN_REASONS)]
        return "; ".join(REASONS[code] for code in codes) or None


@dataclass(frozen=True)
class LogRow:
    """One file and its outcome."""

    file: LandedFile
    file_id: str
    data_source: str
    format: str
    feed: str | None
    outcome: str
    tally: Tally
    reason: str | None
    mapping_id: str | None = None
    """Under which mapping of columns it was read, None without one."""


class History:
    """Which files and which contents were dealt with before."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._files: set[tuple[str, FileState]] = set()
        self._named: set[tuple[str, str]] = set()
        self._contents: dict[str, Content] = {}

    @classmethod
    def read(cls, raw: Path, sources: Sources) -> "History":
        """Read the load logs of all batches in raw, oldest first.

        A file that other readers, or the same under another mapping of columns,
        rejected as a whole is not known, nor is a duplicate of it: of such content
        nothing was loaded, and it may be now.
        """
        history = cls()
        for batch_id in batch_ids(raw):
            path = batch_file(raw, LOAD_LOG, batch_id)
            for row in pq.ParquetFile(path).read(columns=_KNOWN_COLUMNS).to_pylist():
                if history._is_to_be_read_again(row, sources):
                    continue
                state = FileState(
                    row["file_size"], row["modified_ns"], row["changed_ns"]
                )
                content = Content(row["format"], row["feed"], row["received_count"])
                history._note((row["file_name"], state), row["file_id"], content)
        return history

    def note(self, row: LogRow) -> None:
        """Remember a file that was dealt with."""
        content = Content(row.format, row.feed, row.tally.received)
        self._note(row.file.key, row.file_id, content)

    def knows(self, file: LandedFile) -> bool:
        """Tell whether a file is as it was when it was dealt with."""
        return file.key in self._files

    def knows_content_as(self, file_id: str, name: str) -> bool:
        """Tell whether a content was met before under this very name."""
        return (file_id, name) in self._named

    def content(self, file_id: str) -> "Content | None":
        """Return what is known of a content from when it was first read."""
        return self._contents.get(file_id)

    def _is_to_be_read_again(self, row: dict[str, Any], sources: Sources) -> bool:
        if row["outcome"] == DUPLICATE:
            return row["file_id"] not in self._contents
        was_read_alike = (
            row.get("readers_version") == READERS_VERSION
            and row.get("mapping_id") == sources.of(row["file_name"]).mapping_id
        )
        return row["outcome"] == REJECTED and not was_read_alike

    def _note(
        self, key: tuple[str, FileState], file_id: str, content: "Content"
    ) -> None:
        self._files.add(key)
        self._named.add((file_id, key[0]))
        self._contents.setdefault(file_id, content)


@dataclass(frozen=True)
class Content:
    """A content that was read before: its format, feed and number of records."""

    format: str
    feed: str | None
    received: int


_KNOWN_COLUMNS = [
    "file_id",
    "file_name",
    "file_size",
    "modified_ns",
    "changed_ns",
    "format",
    "feed",
    "received_count",
    "outcome",
    "readers_version",
    "mapping_id",
]


def log_table(
    rows: Iterable[LogRow], batch_id: str, loaded_at: datetime
) -> pa.RecordBatch:
    """Return rows of the load log as they are kept in raw."""
    return pa.RecordBatch.from_pylist(
        [
            {
                "file_id": row.file_id,
                "batch_id": batch_id,
                "data_source": row.data_source,
                "file_name": row.file.name,
                "file_size": row.file.state.size,
                "modified_ns": row.file.state.modified_ns,
                "changed_ns": row.file.state.changed_ns,
                "format": row.format,
                "feed": row.feed,
                "outcome": row.outcome,
                "received_count": row.tally.received,
                "loaded_count": row.tally.loaded,
                "duplicate_count": row.tally.duplicate,
                "rejected_count": row.tally.rejected,
                "reason": row.reason,
                "loaded_at": loaded_at,
                "readers_version": READERS_VERSION,
                "mapping_id": row.mapping_id,
            }
            for row in rows
        ],
        schema=SCHEMAS[LOAD_LOG],
    )
