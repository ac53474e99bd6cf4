"""No text of a note leaves raw: a word that stands only in notes is found nowhere else.

All content is synthetic.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

WORD = "zyxwvuts-synthetic-note-text"
CODED = base64.b64encode(WORD.encode()).decode()
AS_OF = "2026-03-09T12:00:00Z"
NARRATIVE = {"status": "generated", "div": f"<div>{WORD}</div>"}
ENCOUNTER = {"reference": "Encounter/e1"}
PATIENT = {"reference": "Patient/p1"}
AUTHOR = {"reference": "Practitioner/n1"}
NOTE_TYPE = {"coding": [{"code": "11506-3"}], "text": WORD}
RESOURCES: list[dict[str, Any]] = [
    {"resourceType": "Patient", "id": "p1"},
    {
        "resourceType": "Practitioner",
        "id": "n1",
        "identifier": [
            {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}
        ],
    },
    {
        "resourceType": "Encounter",
        "id": "e1",
        "text": NARRATIVE,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": PATIENT,
        "participant": [{"individual": AUTHOR}],
        "reasonCode": [{"text": WORD}],
        "period": {"start": "2026-03-02T10:00:00Z", "end": "2026-03-02T10:30:00Z"},
    },
    {
        "resourceType": "DocumentReference",
        "id": "d1",
        "text": NARRATIVE,
        "status": "current",
        "docStatus": "final",
        "type": NOTE_TYPE,
        "subject": PATIENT,
        "author": [AUTHOR],
        "date": "2026-03-02T11:00:00Z",
        "description": WORD,
        "content": [{"attachment": {"contentType": "text/plain", "data": CODED}}],
        "context": {"encounter": [ENCOUNTER]},
    },
    {
        "resourceType": "Composition",
        "id": "c1",
        "text": NARRATIVE,
        "status": "final",
        "type": NOTE_TYPE,
        "subject": PATIENT,
        "encounter": ENCOUNTER,
        "author": [AUTHOR],
        "date": "2026-03-02T11:00:00Z",
        "title": WORD,
        "section": [{"title": WORD, "text": NARRATIVE}],
    },
    {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "text": NARRATIVE,
        "status": "final",
        "code": NOTE_TYPE,
        "subject": PATIENT,
        "encounter": ENCOUNTER,
        "issued": "2026-03-02T12:00:00Z",
        "conclusion": WORD,
        "presentedForm": [{"contentType": "text/plain", "data": CODED}],
    },
    {
        "resourceType": "ChargeItem",
        "id": "i1",
        "status": "billable",
        "code": {"coding": [{"code": "99213"}]},
        "subject": PATIENT,
        "context": ENCOUNTER,
        "note": [{"text": WORD}],
    },
]
MESSAGE = [
    "MSH|^~\\&|EHR|SITE|||20260302110000||MDM^T02^MDM_T02|m1|P|2.5.1",
    "EVN|T02|20260302110000",
    "PID|1||p2^^^SITE||Synthetic^Person",
    "PV1|1|O||||||||||||||||v2^^^SITE",
    "TXA|1|PN|TX|20260302103000||20260302110000|||1234567893^A^B^^^^^^NPI|||t1|||||"
    "AU||AV",
    f"OBX|1|TX|note^{WORD}||{WORD}||||||F",
    f"OBX|2|ED|note||^TEXT^^Base64^{CODED}||||||F",
    f"NTE|1||{WORD}",
]
DOCUMENTS = (
    "document_id,encounter_id,document_type,status,author_npi,created_at,note_text\n"
    f"cd1,ce1,note,final,1234567893,2026-03-02T11:00:00Z,{WORD}\n"
)
READ_BY = {
    "stg_fhir__document_references": 1,
    "stg_fhir__compositions": 1,
    "stg_fhir__diagnostic_reports": 1,
    "stg_hl7v2__documents": 1,
    "stg_csv__documents": 1,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, run_on: Callable[..., Any]) -> Path:
    """Run what three senders wrote, each with the text of its notes."""
    data = tmp_path_factory.mktemp("notes")
    landing = data / "landing"
    landing.mkdir()
    lines = "\n".join(json.dumps(resource) for resource in RESOURCES)
    (landing / "synthetic.ndjson").write_text(lines + "\n", "utf-8")
    (landing / "synthetic.hl7").write_text("\r".join(MESSAGE) + "\r", "utf-8")
    (landing / "synthetic-documents.csv").write_text(DOCUMENTS, "utf-8")
    ran = run_on(landing, data, "--as-of", AS_OF)
    assert ran.code == 0, ran.output
    assert WORD not in ran.output
    return data


def relations_with_text(database: Path, skipped: str) -> list[str]:
    """Return the tables and views outside one schema in which the word stands."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_schema <> ? order by all",
            [skipped],
        ).fetchall()
        assert len(names) > 20
        return [
            f"{schema}.{name}"
            for schema, name in names
            for (found,) in connection.execute(
                f'select count(*) from "{schema}"."{name}" as one_row'
                " where contains(cast(one_row as varchar), ?)"
                " or contains(cast(one_row as varchar), ?)",
                [WORD, CODED],
            ).fetchall()
            if found
        ]


def test_raw_keeps_the_notes_as_they_were_sent(data: Path) -> None:
    """Else the other tests would look for what never came."""
    kept = relations_with_text(data / "warehouse.duckdb", "staging")
    assert {"raw.fhir_resources", "raw.hl7v2_segments", "raw.documents"} <= set(kept)


@pytest.mark.parametrize("model", READ_BY)
def test_every_note_is_staged(data: Path, model: str) -> None:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.sql(f"select count(*) from staging.{model}").fetchone()
    assert found == (READ_BY[model],)


def test_no_model_takes_text_of_a_note_along(data: Path) -> None:
    assert relations_with_text(data / "warehouse.duckdb", "raw") == []


def test_no_text_of_a_note_is_published(data: Path) -> None:
    assert relations_with_text(data / "published" / "chartgap.duckdb", "raw") == []
    page = (data / "published" / "index.html").read_text("utf-8")
    assert WORD not in page
    assert CODED not in page


def test_no_log_quotes_a_note(data: Path) -> None:
    """Neither dbt nor the scheduler writes down what it has read."""
    logs = [
        path
        for folder in ("dbt", "dagster")
        for path in sorted((data / folder).rglob("*"))
        if path.is_file()
    ]
    assert logs
    assert [path.name for path in logs if WORD.encode() in path.read_bytes()] == []
