"""Bad input of every kind, together with good input, in one landing folder."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.ingest import IngestResult, ingest

AS_OF = datetime(2026, 10, 31, 12, tzinfo=UTC)
PATIENT = b'{"resourceType":"Patient","id":"%d"}'
GOOD_LINES = b"\n".join(PATIENT % number for number in range(3))
ISA = (
    b"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    b"*260101*1200*^*00501*000000001*0*T*:~"
)
CLAIM = b"GS*HC*A*B*20260101*1200*1*X*005010X222A1~ST*837*1~CLM*A1*1~SE*%d*1~GE*1*1~"

FILES = {
    "good.ndjson": GOOD_LINES,
    "good.csv": b"encounter_id,status\ne1,finished\n",
    "good.x12": ISA + CLAIM % 3 + b"IEA*1*000000001~",
    "cut.gz": gzip.compress(GOOD_LINES + b"\n", mtime=0)[:-9],
    "one bad line": GOOD_LINES + b"\n{not json}\n" + PATIENT % 9,
    "wrong counts": ISA + CLAIM % 7 + b"IEA*2*000000001~",
    "no status.csv": b"encounter_id,patient_id,started_at\ne1,p1,2026-01-01\n",
    "empty": b"",
    "binary": bytes(range(256)) * 40,
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[IngestResult, Path]:
    """Load all files at once."""
    root = tmp_path_factory.mktemp("bad_input")
    (root / "landing").mkdir()
    for name, content in FILES.items():
        (root / "landing" / name).write_bytes(content)
    return ingest(root / "landing", root / "raw", as_of=AS_OF), root / "raw"


def rows(raw: Path, table: str) -> list[dict[str, Any]]:
    files = sorted((raw / table).glob("2*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


@pytest.mark.parametrize(
    ("name", "position", "reason", "records"),
    [
        ("one bad line", 4, "the record is not valid JSON", 1),
        (
            "wrong counts",
            5,
            "the trailer states another count than was received:"
            " SE states 7, received 3",
            0,
        ),
        (
            "wrong counts",
            7,
            "the trailer states another count than was received:"
            " IEA states 2, received 1",
            0,
        ),
        ("no status.csv", 1, "the file lacks a required column: status", 1),
        ("empty", 1, "the file is empty", 1),
        ("binary", 1, "not a known format", 1),
        (
            "cut.gz",
            None,
            "the file ends too early or is damaged: the gzip data is cut off",
            1,
        ),
    ],
)
def test_each_defect_is_a_reject_with_file_position_and_plain_reason(
    loaded: tuple[IngestResult, Path],
    name: str,
    position: int | None,
    reason: str,
    records: int,
) -> None:
    found = [
        (row["position"], row["reason"], row["record_count"])
        for row in rows(loaded[1], "rejects")
        if row["file_name"] == name
    ]
    if position is None:
        assert [row[1:] for row in found] == [(reason, records)]
    else:
        assert (position, reason, records) in found


@pytest.mark.parametrize(
    ("name", "outcome", "counts"),
    [
        ("good.ndjson", "loaded", (3, 3, 0)),
        ("good.csv", "loaded", (1, 1, 0)),
        ("good.x12", "loaded", (7, 7, 0)),
        ("one bad line", "partly_loaded", (5, 4, 1)),
        ("wrong counts", "loaded", (7, 7, 0)),
        ("no status.csv", "rejected", (1, 0, 1)),
        ("empty", "rejected", (1, 0, 1)),
        ("binary", "rejected", (1, 0, 1)),
    ],
)
def test_everything_else_is_loaded(
    loaded: tuple[IngestResult, Path],
    name: str,
    outcome: str,
    counts: tuple[int, int, int],
) -> None:
    [row] = [row for row in rows(loaded[1], "load_log") if row["file_name"] == name]
    found = (row["received_count"], row["loaded_count"], row["rejected_count"])
    assert (row["outcome"], found) == (outcome, counts)


def test_totals_balance_in_the_result_in_the_log_and_in_the_tables(
    loaded: tuple[IngestResult, Path],
) -> None:
    result, raw = loaded
    log = rows(raw, "load_log")
    for row in log:
        assert row["received_count"] == (
            row["loaded_count"] + row["duplicate_count"] + row["rejected_count"]
        )
    tables = ("fhir_resources", "x12_segments", "encounters")
    assert result.total.loaded == sum(len(rows(raw, table)) for table in tables)
    assert result.total.loaded == sum(row["loaded_count"] for row in log)
    assert result.total.rejected == sum(
        row["record_count"] for row in rows(raw, "rejects")
    )
    assert result.total.files == len(log) == len(FILES)


def test_the_result_gives_reasons_without_values_of_records(
    loaded: tuple[IngestResult, Path],
) -> None:
    reasons = {reason.reason_code: reason for reason in loaded[0].reject_reasons}
    assert reasons["not_json"].record_count == 1
    assert reasons["wrong_count"].record_count == 0
    assert {reason.reason for reason in reasons.values()} >= {
        "the file is empty",
        "not a known format",
    }


def test_a_run_on_bad_input_succeeds_with_a_warning_and_publishes_the_rest(
    loaded: tuple[IngestResult, Path], tmp_path: Path, run_on: Any
) -> None:
    landing = loaded[1].parent / "landing"
    ran = run_on(landing, tmp_path)
    assert ran.code == 0, ran.output
    assert "no_rejected_records" in ran.output
    received = loaded[0].total.received
    assert f"{received} received" in ran.output
    assert ran.count("select count(*) from marts.fct_encounters") == 1
    for name in ("good.ndjson", "one bad line", "no status.csv", "cut.gz"):
        assert name not in ran.output
