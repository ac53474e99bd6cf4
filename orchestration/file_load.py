"""One landed file into one batch: its records, its rejects and its outcome.

It leaves out which files are to be loaded (`ingest`) and how a batch is kept
(`raw_store`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa

from orchestration.landing import (
    FileChangedError,
    LandedFile,
    open_landed,
    require_unchanged,
    unread_id,
)
from orchestration.load_log import DUPLICATE, REJECTED, Content, LogRow, Tally
from orchestration.raw import LABEL, REJECTS, SCHEMAS, TIME
from orchestration.raw_store import RawBatch
from orchestration.readers.recognise import open_stream
from orchestration.readers.records import Batch, Reject, reject
from orchestration.sources import Source

_REJECTS_AT_ONCE = 1_000
_REJECT_BYTES_AT_ONCE = 16 << 20


@dataclass(frozen=True)
class Target:
    """The batch that files are loaded into, and what all its rows carry.

    `loaded_at` is UTC without a zone. `on_records` is told the bytes read of the
    current file and its records so far.
    """

    batch: RawBatch
    batch_id: str
    loaded_at: datetime
    on_records: Callable[[int, int], None]


def load_file(file: LandedFile, file_id: str, source: Source, target: Target) -> LogRow:
    """Read a file into the batch. Raises FileChangedError when it changes meanwhile.

    The batch must then be given up: it holds a part of the file.
    """
    data_source = source.name
    rejects = _Rejects(file, file_id, data_source, target)
    tally = Tally(files=1)
    with open_landed(file) as opened:
        try:
            found, items = open_stream(opened, source.column_mapping)
            for item in items:
                if isinstance(item, Batch):
                    rows = _with_load_columns(item, file_id, data_source, target)
                    target.batch.add(item.table, rows)
                    tally.count_loaded(rows.num_rows)
                else:
                    rejects.add(item)
                    tally.count_rejected(item)
                target.on_records(opened.tell(), tally.received)
        except OSError:
            raise FileChangedError from None
        require_unchanged(file, opened)
    rejects.flush()
    return LogRow(
        file=file,
        file_id=file_id,
        data_source=data_source,
        format=found.format,
        feed=found.feed,
        outcome=tally.outcome,
        tally=tally,
        reason=tally.reason,
        mapping_id=source.mapping_id,
    )


def refuse_file(
    file: LandedFile, code: str, detail: str, source: Source, target: Target
) -> LogRow:
    """Reject a file that cannot be opened, as one record without text."""
    data_source = source.name
    tally = Tally(files=1)
    file_id = unread_id(file)
    rejects = _Rejects(file, file_id, data_source, target)
    item = reject(1, code, detail=detail)
    rejects.add(item)
    rejects.flush()
    tally.count_rejected(item)
    return LogRow(
        file=file,
        file_id=file_id,
        data_source=data_source,
        format="unknown",
        feed=None,
        outcome=REJECTED,
        tally=tally,
        reason=item.reason,
        mapping_id=source.mapping_id,
    )


def duplicate_file(
    file: LandedFile, file_id: str, content: Content, source: Source
) -> LogRow:
    """Log a file whose content was read before under another name."""
    received = content.received
    return LogRow(
        file=file,
        file_id=file_id,
        data_source=source.name,
        format=content.format,
        feed=content.feed,
        outcome=DUPLICATE,
        tally=Tally(files=1, received=received, duplicate=received),
        reason="the same content was received before under another name",
    )


def _with_load_columns(
    batch: Batch, file_id: str, data_source: str, target: Target
) -> pa.RecordBatch:
    position, *columns = batch.rows.columns
    count = batch.rows.num_rows
    return pa.record_batch(
        [
            _label(file_id, count),
            position,
            _label(data_source, count),
            _label(target.batch_id, count),
            pa.repeat(pa.scalar(target.loaded_at, TIME), count),
            *columns,
        ],
        schema=SCHEMAS[batch.table],
    )


def _label(value: str, count: int) -> pa.DictionaryArray:
    codes = pa.array(np.zeros(count, dtype=np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array([value])).cast(LABEL)


class _Rejects:
    """Collects the rejects of one file and adds them to the batch in bounded lots."""

    def __init__(
        self, file: LandedFile, file_id: str, data_source: str, target: Target
    ) -> None:
        self._same = {
            "file_id": file_id,
            "batch_id": target.batch_id,
            "data_source": data_source,
            "file_name": file.name,
            "loaded_at": target.loaded_at,
        }
        self._batch = target.batch
        self._rows: list[dict[str, object]] = []
        self._bytes = 0

    def add(self, item: Reject) -> None:
        row = {
            "position": item.position,
            "reason_code": item.reason_code,
            "reason": item.reason,
            "record_count": item.record_count,
            "record_text": item.text,
        }
        self._rows.append({**self._same, **row})
        self._bytes += len(item.text or "")
        if len(self._rows) >= _REJECTS_AT_ONCE or self._bytes >= _REJECT_BYTES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self._rows:
            rows = pa.RecordBatch.from_pylist(self._rows, schema=SCHEMAS[REJECTS])
            self._batch.add(REJECTS, rows)
        self._rows, self._bytes = [], 0
