"""The balance of an ingest; every record here is synthetic."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration import raw
from orchestration.ingest import ingest
from orchestration.reconciliation import (
    NoIngestError,
    RejectCount,
    balance,
    last_ingest,
    rejects_by_reason,
)

AS_OF = datetime(2026, 10, 31, 12, tzinfo=UTC)
PAYERS = "payer_id,payer_name\nY1,One\nY2,Two\nY3,Three\n"


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    """Make a landing folder with three good rows and two files that are no good."""
    folder = tmp_path / "landing"
    folder.mkdir()
    (folder / "synthetic.csv").write_text(PAYERS)
    (folder / "synthetic.ndjson").write_text('{"resourceType":"Patient","id":"1"}\n{"')
    (folder / "synthetic.bin").write_bytes(bytes(range(256)))
    return folder


def load(landing: Path) -> tuple[Path, str]:
    raw_path = landing.parent / "raw"
    return raw_path, ingest(landing, raw_path, as_of=AS_OF).ingest_id


def file_of(raw_path: Path, table: str, ingest_id: str) -> Path:
    (file,) = (raw_path / table).glob(f"{ingest_id}-*.parquet")
    return file


def test_what_was_received_is_loaded_duplicate_or_rejected(landing):
    raw_path, ingest_id = load(landing)

    found = balance(raw_path, ingest_id)

    assert found.is_balanced
    assert (found.loaded, found.rejected) == (4, 2)
    assert found.received == 6 == found.rows_found + found.rejects_found


def test_rejects_are_counted_by_reason(landing):
    rejects = rejects_by_reason(*load(landing))

    assert sum(item.records for item in rejects) == 2
    assert all(isinstance(item, RejectCount) and item.places == 1 for item in rejects)


def test_a_second_ingest_brings_nothing_and_balances(landing):
    load(landing)
    raw_path, ingest_id = load(landing)

    found = balance(raw_path, ingest_id)

    assert found.is_balanced
    assert found.files == 0


def test_lost_rows_are_found(landing):
    """The log alone adds up: it must be held against the rows themselves."""
    raw_path, ingest_id = load(landing)
    file_of(raw_path, "payers", ingest_id).unlink()

    found = balance(raw_path, ingest_id)

    assert not found.is_balanced
    assert found.files_off == 1


def test_doubled_rows_are_found(landing):
    raw_path, ingest_id = load(landing)
    file = file_of(raw_path, "payers", ingest_id)
    file.with_name(f"{ingest_id}-999999.parquet").write_bytes(file.read_bytes())

    assert balance(raw_path, ingest_id).files_off == 1


def test_rows_that_no_log_mentions_are_found(landing):
    """Or else an empty log would balance whatever lies in raw."""
    raw_path, ingest_id = load(landing)
    file_of(raw_path, raw.LOAD_LOG, ingest_id).unlink()

    found = balance(raw_path, ingest_id)

    assert not found.is_balanced
    assert found.files_off == 3


def test_a_log_that_does_not_add_up_is_found(landing):
    raw_path, ingest_id = load(landing)
    file = file_of(raw_path, raw.LOAD_LOG, ingest_id)
    rows = pq.read_table(file).to_pylist()
    rows[0]["received_count"] += 1
    with raw.parquet_writer(file, raw.LOAD_LOG) as writer:
        writer.write_table(pa.Table.from_pylist(rows, raw.SCHEMAS[raw.LOAD_LOG]))

    assert balance(raw_path, ingest_id).files_off == 1


def test_nothing_ingested_is_not_balanced_but_refused(tmp_path):
    with pytest.raises(NoIngestError, match="nothing has been ingested"):
        last_ingest(tmp_path / "raw")


def test_the_last_ingest_is_the_one_of_the_last_run(landing):
    load(landing)
    raw_path, ingest_id = load(landing)

    assert last_ingest(raw_path) == ingest_id
