"""sources.yml: what is whose, and errors that say which line is wrong."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from orchestration.extract.pull import Pulled, pull_all
from orchestration.ingest import IngestResult, ingest
from orchestration.settings import PROJECT_DIR
from orchestration.sources import Sources, SourcesError, read_sources

AS_OF = datetime(2026, 10, 31, 12, tzinfo=UTC)
VISITS = b"Visit No;State;Note\nv1;finished;=1+1\nv2;planned;\n"
MAPPED = """
sources:
  - name: clinic
    files: ["ehr/*.txt"]
    time_zone: America/Chicago
    columns:
      encounters: {Visit No: encounter_id, state: status}
"""


def read(tmp_path: Path, text: str) -> Sources:
    path = tmp_path / "sources.yml"
    path.write_text(text)
    return read_sources(path)


def load(tmp_path: Path, text: str = "") -> IngestResult:
    (tmp_path / "landing").mkdir(exist_ok=True)
    sources = read(tmp_path, text)
    return ingest(tmp_path / "landing", tmp_path / "raw", as_of=AS_OF, sources=sources)


def land(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / "landing" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def rows(tmp_path: Path, table: str) -> list[dict[str, Any]]:
    files = sorted((tmp_path / "raw" / table).glob("*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


@pytest.mark.parametrize("text", ["", "sources:", "sources: []", "# nothing yet"])
def test_without_entries_everything_is_the_default_source_in_utc(
    tmp_path: Path, text: str
) -> None:
    source = read(tmp_path, text).of("any/file")
    assert (source.name, source.time_zone) == ("default", "UTC")
    assert read_sources(tmp_path / "absent.yml") == Sources()


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("lab/x.csv", "lab"),
        ("lab/deep/er/x.csv", "lab"),
        ("in/837_01.txt", "clearinghouse"),
        ("in/deep/837.txt", "clearinghouse"),
        ("in/835.txt", "first"),
        ("unused/x.csv", "unused"),
        ("unused", "second"),
        ("labs/x.csv", "second"),
        ("[ab].csv", "second"),
    ],
)
def test_a_file_belongs_to_its_folder_else_to_the_first_source_that_names_it(
    tmp_path: Path, name: str, owner: str
) -> None:
    entries = """
sources:
  - {name: lab}
  - {name: clearinghouse, files: ["in/*837*.txt"]}
  - {name: first, files: ["in/*"]}
  - {name: second, files: ["in/*.txt", "*"]}
  - {name: unused, files: ["[ab].csv.old"]}
"""
    assert read(tmp_path, entries).of(name).name == owner


@pytest.mark.parametrize("name", ["labs/x.csv", "LAB/x.csv", "[ab].csv"])
def test_what_no_source_names_is_of_the_default_one(tmp_path: Path, name: str) -> None:
    entries = 'sources: [{name: lab}, {name: a, files: ["[ab].csv"]}]'
    assert read(tmp_path, entries).of(name).name == "default"


def test_an_entry_called_default_is_for_what_nobody_names(tmp_path: Path) -> None:
    entries = "sources: [{name: default, time_zone: Asia/Tokyo}, {name: lab}]"
    sources = read(tmp_path, entries)
    assert sources.of("x").time_zone == "Asia/Tokyo"
    assert sources.of("lab/x").time_zone == "UTC"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("sources: [{name: a", "not YAML at line 1, column"),
        ("- a", "the file: write settings below it"),
        ("false", "the file: write settings below it"),
        ("[]", "the file: write settings below it"),
        ("sources: {a: 1}", "sources: write a list"),
        ("sources: [a]", "sources[1]: write settings below it"),
        ("sources: [{name: 5}]", "sources[1].name: write a text"),
        ("sources:\n\t- name: a", "not YAML at line 2, column 1"),
        ("sources: [{name: a}]\nsources: []", "at line 2, column 1: a setting is"),
        (
            "sources: [{name: a, time_zone: UTC, time_zone: Asia/Tokyo}]",
            "at line 1, column 37: a setting is given twice",
        ),
        ("sources: [{name: a, time_zone: localtime}]", "sources[1].time_zone: there"),
        ("sources: [{name: 2026-13-45}]", "a value in it is no date"),
        ("[" * 5_000, "nested too deep"),
        ("sources: [{name: a, files: ['']}]", "sources[1].files[1]: a pattern is of"),
        ("sources: [{name: a, files: [/x]}]", "sources[1].files[1]: a pattern is of"),
        ("sources: [{name: a, files: [../x]}]", "sources[1].files[1]: a pattern"),
        (
            "sources: [{name: a, files: [x]}, {name: b, files: [x]}]",
            "pattern x is given twice",
        ),
        (
            "sources: [{name: a, columns: {holds: {x: hold_id, 'x ': reason}}}]",
            "sender's column for holds x is given twice",
        ),
        ("source: []", "source: there is no such setting"),
        ("sources: [{}]", "sources[1].name: it is needed and missing"),
        ("sources: [{name: a b}]", "sources[1].name: a name is letters, digits"),
        ("sources: [{name: a}, {name: a}]", "name a is given twice"),
        (
            "sources: [{name: a, zone: UTC}]",
            "sources[1].zone: there is no such setting",
        ),
        ("sources: [{name: a}, {name: b, time_zone: CST6}]", "sources[2].time_zone: "),
        ("sources: [{name: a, submitter_zone: x}]", "sources[1].submitter_zone: "),
        ("sources: [{name: a, files: x.csv}]", "sources[1].files: "),
        ("sources: [{name: a, columns: {notes: {x: y}}}]", "there is no such feed"),
        (
            "sources: [{name: a, columns: {holds: {x: hold_no}}}]",
            "holds has no column hold_no",
        ),
        (
            "sources: [{name: a, columns: {holds: {x: hold_id, y: hold_id}}}]",
            "column of holds hold_id is given twice",
        ),
        (
            "sources: [{name: a, columns: {holds: {x: hold_id, X: reason}}}]",
            "sender's column for holds x is given twice",
        ),
        (
            "sources: [{name: a, sql: {url: U, tables:"
            " [{name: t, feed: holds, cursor: c}]}}]",
            "sources[1].sql.tables[1]: give either a table or a query",
        ),
        (
            "sources: [{name: a, fhir_bulk: [{url: 'https://h/r4'}]}]",
            "sources[1].fhir_bulk[1]: group_id belongs to level group",
        ),
        (
            "sources: [{name: a, fhir_bulk: [{url: 'https://h', level: system},"
            " {url: 'https://i', level: system}]}]",
            "name export is given twice",
        ),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(
    tmp_path: Path, entries: str, said: str
) -> None:
    with pytest.raises(SourcesError) as refused:
        read(tmp_path, entries)
    assert said in str(refused.value)
    assert "sources.yml" in str(refused.value)


@pytest.mark.parametrize("content", [b"name: \xfc", b"\0", b"a: \xff\xfe"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sources.yml").write_bytes(content)
    with pytest.raises(SourcesError, match="odd characters"):
        read_sources(tmp_path / "sources.yml")


def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    entry = (
        "sources: [{name: a, sql: {url: 'postgresql://u:pa55@h/d', tables:"
        " [{name: t, feed: holds, cursor: c, table: t}]}}]"
    )
    with pytest.raises(SourcesError) as refused:
        read(tmp_path, entry)
    assert "environment variable" in str(refused.value)
    assert "pa55" not in str(refused.value)


def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match="cannot be read"):
        read_sources(tmp_path)


def test_rows_carry_their_source_and_raw_the_zones(tmp_path: Path) -> None:
    land(tmp_path, "ehr/a.txt", VISITS)
    land(tmp_path, "b.csv", b"encounter_id,status\ne1,finished\n")
    load(tmp_path, MAPPED)
    found = {
        row["encounter_id"]: row["_data_source"] for row in rows(tmp_path, "encounters")
    }
    assert found == {"v1": "clinic", "v2": "clinic", "e1": "default"}
    assert rows(tmp_path, "sources") == [
        {
            "data_source": "clinic",
            "time_zone": "America/Chicago",
            "submitter_zone": None,
        }
    ]


def test_zones_follow_the_file_though_nothing_is_new(tmp_path: Path) -> None:
    load(tmp_path, MAPPED)
    load(tmp_path, MAPPED.replace("America/Chicago", "Asia/Tokyo"))
    assert [row["time_zone"] for row in rows(tmp_path, "sources")] == ["Asia/Tokyo"]
    load(tmp_path)
    assert rows(tmp_path, "sources") == []


def test_mapped_columns_take_the_names_of_their_feed(tmp_path: Path) -> None:
    land(tmp_path, "ehr/a.txt", VISITS)
    assert load(tmp_path, MAPPED).total.loaded == 2
    first = rows(tmp_path, "encounters")[0]
    assert (first["encounter_id"], first["status"]) == ("v1", "finished")
    assert first["_extra"] == '{"Note":"=1+1"}'


def test_a_header_without_all_mapped_columns_is_recognised_as_ever(
    tmp_path: Path,
) -> None:
    land(tmp_path, "ehr/a.txt", b"encounter_id,status,state\ne1,finished,x\n")
    load(tmp_path, MAPPED)
    assert [row["status"] for row in rows(tmp_path, "encounters")] == ["finished"]


def test_a_rejected_file_is_read_again_once_its_columns_are_mapped(
    tmp_path: Path,
) -> None:
    land(tmp_path, "ehr/a.txt", VISITS)
    land(tmp_path, "ehr/copy.txt", VISITS)
    assert load(tmp_path).total.loaded == 0
    assert load(tmp_path).total.files == 0
    mapped = load(tmp_path, MAPPED).total
    assert (mapped.loaded, mapped.duplicate) == (2, 2)
    assert load(tmp_path, MAPPED).total.files == 0
    assert load(tmp_path).total.files == 0  # what is loaded stays loaded


def test_the_documented_entries_are_accepted(tmp_path: Path) -> None:
    text = (PROJECT_DIR / "docs" / "sources.md").read_text()
    [example] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    entries = read(tmp_path, example).entries
    assert [entry.is_pulled for entry in entries] == [False, False, True, True]


def test_what_cannot_be_pulled_is_said_and_holds_up_nothing(tmp_path: Path) -> None:
    entries = """
sources:
  - name: billing
    sql:
      url: CHARTGAP_TEST_DATABASE
      tables: [{name: visits, feed: encounters, table: visits, cursor: at}]
  - name: hospital
    fhir_bulk:
      - url: "http://127.0.0.1:9"
        level: system
        client: {client_id: us, key_id: k1, private_key: CHARTGAP_TEST_KEY}
"""
    pulled = list(
        pull_all(
            read(tmp_path, entries),
            landing=tmp_path / "landing",
            state_folder=tmp_path / "extract",
            on_records=lambda label, count: None,
        )
    )
    assert pulled == [
        Pulled(label, problem=f"{label}: the environment variable {name} is not set")
        for label, name in (
            ("billing/visits", "CHARTGAP_TEST_DATABASE"),
            ("hospital/export", "CHARTGAP_TEST_KEY"),
        )
    ]
