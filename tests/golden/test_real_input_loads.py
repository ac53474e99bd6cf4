"""Sample files that this project did not write, each counted independently."""

import csv
import gzip
import re
from collections import Counter
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.ingest import IngestResult, ingest

AS_OF = datetime(2026, 10, 31, 12, tzinfo=UTC)

# Files that are not loaded whole, and the records of each that are not.
X12_REASONS = {
    "x12_no_isa_line": {"missing_isa": 1},
    "blue_cross_nc_sample": {"missing_isa": 1},
    "x12_bad_segment_identifier": {"bad_segment_id": 3, "wrong_count": 0},
    "x12_bad_first_line": {"header_width": 0, "wrong_count": 0},
}

SYNTHEA_ROWS = 8416
SEGMENT = re.compile(r"[A-Z][A-Z0-9]{1,2}(\W|$)")


def load(landing: Path, raw: Path) -> IngestResult:
    result = ingest(landing, raw, as_of=AS_OF)
    for row in rows(raw, "load_log"):
        assert row["received_count"] == (
            row["loaded_count"] + row["duplicate_count"] + row["rejected_count"]
        )
    return result


def rows(raw: Path, table: str, columns: list[str] | None = None) -> list[Any]:
    files = sorted((raw / table).glob("2*.parquet"))
    return [
        row
        for file in files
        for row in pq.ParquetFile(file).read(columns=columns).to_pylist()
    ]


@pytest.fixture(scope="module")
def everything(
    sample_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[IngestResult, Path]:
    """Load all samples at once."""
    raw = tmp_path_factory.mktemp("real_input") / "raw"
    return load(sample_dir, raw), raw


def loaded_by_name(raw: Path) -> dict[str, int]:
    return {row["file_name"]: row["loaded_count"] for row in rows(raw, "load_log")}


@pytest.mark.parametrize(
    ("folder", "resource_type", "count"),
    [
        ("smart_bulk_10", "Encounter", 1215),
        ("smart_bulk_10", "DocumentReference", 1215),
        ("synthea_with_claims", "Encounter", 4006),
        ("synthea_with_claims", "Claim", 4028),
        ("synthea_with_claims", "ExplanationOfBenefit", 4006),
        ("synthea_with_claims", "DocumentReference", 4006),
    ],
)
def test_a_bulk_export_is_loaded_resource_by_resource(
    sample_dir: Path, tmp_path: Path, folder: str, resource_type: str, count: int
) -> None:
    result = load(sample_dir / "fhir" / folder, tmp_path / "raw")
    types = Counter(
        row["resource_type"]
        for row in rows(tmp_path / "raw", "fhir_resources", ["resource_type"])
    )
    assert types[resource_type] == count
    assert result.total.loaded == result.total.received == types.total()


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("fhir/hl7_r4_examples", (63, 63, 63)),
        ("x12", (83, 27_057, 27_052)),
        ("synthea_csv", (8, SYNTHEA_ROWS, SYNTHEA_ROWS)),
        ("hl7v2", (140, 2253, 2252)),
    ],
)
def test_files_received_and_loaded_records_of_a_folder(
    sample_dir: Path, tmp_path: Path, folder: str, expected: tuple[int, int, int]
) -> None:
    total = load(sample_dir / folder, tmp_path / "raw").total
    assert (total.files, total.received, total.loaded) == expected


def test_synthea_files_have_the_very_rows_of_the_csv_module(
    sample_dir: Path, everything: tuple[IngestResult, Path]
) -> None:
    raw = everything[1]
    counts = {}
    for path in sorted(sample_dir.glob("synthea_csv/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *expected = csv.reader(file)
        names = [name.lower() for name in header]
        loaded = rows(raw, f"synthea_{path.stem}")
        loaded.sort(key=itemgetter("_position"))
        assert [[row[name] for name in names] for row in loaded] == expected, path.name
        assert {row["_extra"] for row in loaded} == {None}
        counts[path.stem] = len(loaded)
    assert sum(counts.values()) == SYNTHEA_ROWS
    assert (counts["encounters"], counts["claims"]) == (604, 1267)
    assert counts["claims_transactions"] == 5228


def test_every_ndjson_line_is_one_resource_with_its_exact_text(
    sample_dir: Path, everything: tuple[IngestResult, Path]
) -> None:
    raw = everything[1]
    by_file: dict[str, list[tuple[int, str]]] = {}
    for row in rows(raw, "fhir_resources", ["_file_id", "_position", "resource"]):
        found = by_file.setdefault(row["_file_id"], [])
        found.append((row["_position"], row["resource"]))
    names = {row["file_name"]: row["file_id"] for row in rows(raw, "load_log")}
    for path in sorted(sample_dir.glob("fhir/*/*.ndjson.gz")):
        text = gzip.decompress(path.read_bytes()).decode()
        lines = text.removesuffix("\n").split("\n")
        loaded = by_file[names[str(path.relative_to(sample_dir))]]
        assert sorted(loaded) == list(enumerate(lines, 1)), path.name


def test_every_single_resource_keeps_its_exact_text(
    sample_dir: Path, everything: tuple[IngestResult, Path]
) -> None:
    texts = {row["resource"] for row in rows(everything[1], "fhir_resources")}
    for path in sorted(sample_dir.glob("fhir/hl7_r4_examples/*.json")):
        assert path.read_bytes().decode("utf-8-sig").strip() in texts, path.name


def naive_segments(content: str) -> list[str]:
    """Split at the terminator that the first header declares, if there is one."""
    if not content.startswith("ISA"):
        return []
    terminator = content.split(content[3])[16][1]
    segments = (segment.strip() for segment in content.split(terminator))
    return [segment for segment in segments if segment]


def test_x12_files_have_the_very_segments_of_a_naive_split(
    sample_dir: Path, everything: tuple[IngestResult, Path]
) -> None:
    raw = everything[1]
    loaded: dict[str, list[tuple[int, str]]] = {}
    for row in rows(raw, "x12_segments", ["_file_id", "_position", "segment"]):
        found = loaded.setdefault(row["_file_id"], [])
        found.append((row["_position"], row["segment"]))
    log = {row["file_name"]: row for row in rows(raw, "load_log")}
    claims = remittances = 0
    for path in sorted(sample_dir.glob("x12/*")):
        naive = naive_segments(path.read_text("utf-8"))
        row = log[str(path.relative_to(sample_dir))]
        assert row["received_count"] == max(len(naive), 1), path.name
        named = [pair for pair in enumerate(naive, 1) if SEGMENT.match(pair[1])]
        assert sorted(loaded.get(row["file_id"], [])) == named, path.name
        ids = Counter(re.split(r"\W", text)[0] for _, text in named)
        claims, remittances = claims + ids["CLM"], remittances + ids["CLP"]
    assert (claims, remittances) == (1526, 23)


def test_each_x12_file_is_loaded_whole_or_has_a_stated_reason(
    everything: tuple[IngestResult, Path],
) -> None:
    reasons: dict[str, Counter[str]] = {}
    for row in rows(everything[1], "rejects"):
        if row["file_name"].startswith("x12/"):
            name = row["file_name"].split("__")[-1].removesuffix(".txt")
            reasons.setdefault(name, Counter())[row["reason_code"]] += row[
                "record_count"
            ]
    others = {name: set(found) for name, found in reasons.items()}
    for name, expected in X12_REASONS.items():
        assert reasons[name] == expected
        del others[name]
    assert all(found == {"wrong_count"} for found in others.values())


def test_what_is_not_read_has_its_reason(
    everything: tuple[IngestResult, Path],
) -> None:
    by_folder = Counter(
        (Path(row["file_name"]).parts[0], row["reason_code"])
        for row in rows(everything[1], "rejects")
        if not row["file_name"].startswith("x12/")
    )
    assert by_folder == {
        ("README.md", "unknown_format"): 1,
        ("hl7v2", "unknown_format"): 1,
    }
