"""Patient data stay in raw, and in the tables that only the warehouse's owner reads.

Names, record numbers, dates of birth, text of notes and names of files are planted in
every format, in what loads and in what is refused. All are made up.
"""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

AS_OF = "2026-03-09T12:00:00Z"
NAMES = {
    "fhir_patient": "Zaqwarton",
    "fhir_given": "Zbelindro",
    "fhir_contact": "Zcorvathe",
    "hl7v2_patient": "Zdurnholm",
    "hl7v2_relative": "Zelmquist",
    "x12_subscriber": "ZFENWICKEL",
    "x12_patient": "ZGRUNEWOLD",
}
RECORD_NUMBERS = {
    "fhir": "ZMRN700001",
    "hl7v2": "ZMRN700002",
    "social_security": "900-70-0003",
    "account": "ZACC700004",
    "csv": "ZMRN700005",
    "x12_member": "ZMEM700006",
    "x12_medical_record": "ZMRN700007",
}
BIRTH_DATES = {"fhir": "1911-01-23", "hl7v2": "19110224", "x12": "19110325"}
NOTE_TEXTS = {
    "fhir": "zyxwvuts-synthetic-note-text",
    "hl7v2": "zyxwvuts-dictated-observation",
    "csv": "zyxwvuts-column-of-the-sender",
    "hold": "zyxwvuts-reason-of-a-hold",
    "x12": "ZYXWVUTS-CLAIM-NOTE",
}
FILE_NAMES = {
    "loaded": "Zhartmutson-chart",
    "folder": "Zimberline-family",
    "refused": "Zjovanovski-letter",
}
REFUSED = {"line": "Zkowaltzky", "status": "zlindqvisto", "time": "Zmontalbano"}
SENTINELS = {
    f"{kind}: {where}": text
    for kind, planted in (
        ("name", NAMES),
        ("record number", RECORD_NUMBERS),
        ("birth date", BIRTH_DATES),
        ("note", NOTE_TEXTS),
        ("file name", FILE_NAMES),
        ("what cannot be read", REFUSED),
    )
    for where, text in planted.items()
}


def ways_to_write(text: str) -> set[str]:
    """Return a text as it may stand somewhere: as it is, coded, a date in both ways."""
    ways = {text, base64.b64encode(text.encode()).decode()}
    if text in BIRTH_DATES.values():
        digits = text.replace("-", "")
        ways |= {digits, f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"}
    return ways


WAYS = {where: ways_to_write(text) for where, text in SENTINELS.items()}
WORD = NOTE_TEXTS["fhir"]
CODED = base64.b64encode(WORD.encode()).decode()
NARRATIVE = {"status": "generated", "div": f"<div>{WORD}</div>"}
ENCOUNTER = {"reference": "Encounter/e1"}
PATIENT = {"reference": "Patient/p1"}
AUTHOR = {"reference": "Practitioner/n1"}
NOTE_TYPE = {"coding": [{"code": "11506-3"}], "text": WORD}
RESOURCES: list[dict[str, Any]] = [
    {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"value": RECORD_NUMBERS["fhir"]}],
        "name": [{"family": NAMES["fhir_patient"], "given": [NAMES["fhir_given"]]}],
        "birthDate": BIRTH_DATES["fhir"],
        "contact": [{"name": {"text": NAMES["fhir_contact"]}}],
    },
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
    f"PID|1||{RECORD_NUMBERS['hl7v2']}^^^SITE^MR||{NAMES['hl7v2_patient']}^Ann||"
    f"{BIRTH_DATES['hl7v2']}|F||||||||||{RECORD_NUMBERS['account']}|"
    f"{RECORD_NUMBERS['social_security']}",
    f"NK1|1|{NAMES['hl7v2_relative']}^Ben|SPO",
    "PV1|1|O||||||||||||||||v2^^^SITE",
    "TXA|1|PN|TX|20260302103000||20260302110000|||1234567893^A^B^^^^^^NPI|||t1|||||"
    "AU||AV",
    f"OBX|1|TX|note^{NOTE_TEXTS['hl7v2']}||{NOTE_TEXTS['hl7v2']}||||||F",
    f"OBX|2|ED|note||^TEXT^^Base64^{CODED}||||||F",
    f"NTE|1||{NOTE_TEXTS['hl7v2']}",
]
CLAIM = [
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
    "*260303*1200*^*00501*000000007*0*P*:",
    "GS*HC*SENDER*RECEIVER*20260303*1200*7*X*005010X222A1",
    "ST*837*0001*005010X222A1",
    "BHT*0019*00*7*20260303*1200*CH",
    "NM1*41*2*PRACTICE*****46*1",
    "HL*1**20*1",
    "NM1*85*2*PRACTICE*****XX*1234567893",
    "HL*2*1*22*1",
    "SBR*P********CI",
    f"NM1*IL*1*{NAMES['x12_subscriber']}*ANN****MI*{RECORD_NUMBERS['x12_member']}",
    f"DMG*D8*{BIRTH_DATES['x12']}*F",
    "HL*3*2*23*0",
    f"NM1*QC*1*{NAMES['x12_patient']}*CY",
    f"DMG*D8*{BIRTH_DATES['x12']}*F",
    "CLM*ce1*100***11:B:1",
    f"REF*EA*{RECORD_NUMBERS['x12_medical_record']}",
    f"NTE*ADD*{NOTE_TEXTS['x12']}",
    "LX*1",
    "SV1*HC:99213*100*UN*1***1",
    "DTP*472*D8*20260302",
    "SE*19*0001",
    "GE*1*7",
    "IEA*1*000000007",
]
ENCOUNTERS = (
    "encounter_id,patient_id,provider_npi,status,started_at,ended_at,updated_at\n"
    f"ce1,{RECORD_NUMBERS['csv']},1234567893,finished,2026-03-02T10:00:00Z,"
    "2026-03-02T10:30:00Z,2026-03-02T11:00:00Z\n"
    f"ce2,{RECORD_NUMBERS['csv']},1234567893,{REFUSED['status']},"
    f"{REFUSED['time']},2026-03-02T10:30:00Z,2026-03-02T11:00:00Z\n"
)
DOCUMENTS = (
    "document_id,encounter_id,document_type,status,author_npi,created_at,note_text\n"
    f"cd1,ce1,note,final,1234567893,2026-03-02T11:00:00Z,{NOTE_TEXTS['csv']}\n"
)
HOLDS = (
    "hold_id,encounter_id,hold_type,reason,started_at,ended_at\n"
    f"h1,ce1,billing,{NOTE_TEXTS['hold']},2026-03-03T10:00:00Z,\n"
)
# Views of whole segments, for the models that read their fields.
SEGMENTS = {"stg_hl7v2__contexts", "stg_hl7v2__parts", "stg_hl7v2__segments"}
READ_BY = {
    "stg_fhir__document_references": 1,
    "stg_fhir__compositions": 1,
    "stg_fhir__diagnostic_reports": 1,
    "stg_fhir__patients": 1,
    "stg_hl7v2__documents": 1,
    "stg_x12__claims": 1,
    "stg_csv__documents": 1,
    "stg_csv__holds": 1,
    "stg_csv__encounters": 2,
}


def write_landing(landing: Path) -> None:
    """Write what four senders send, each with patient data, some of it unreadable."""
    (landing / FILE_NAMES["folder"]).mkdir(parents=True)
    lines = "\n".join(json.dumps(resource) for resource in RESOURCES)
    files = {
        f"{FILE_NAMES['loaded']}.ndjson": f"{lines}\n{{broken {REFUSED['line']}\n",
        f"{FILE_NAMES['folder']}/message.hl7": "\r".join(MESSAGE) + "\r",
        f"{FILE_NAMES['refused']}.pdf": "no feed at all",
        "claim.x12": "~".join(CLAIM) + "~",
        "encounters.csv": ENCOUNTERS,
        "documents.csv": DOCUMENTS,
        "holds.csv": HOLDS,
    }
    for name, content in files.items():
        (landing / name).write_text(content, "utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, run_on: Callable[..., Any]) -> Path:
    """Run on what the senders wrote."""
    data = tmp_path_factory.mktemp("planted")
    write_landing(data / "landing")
    ran = run_on(data / "landing", data, "--as-of", AS_OF)
    assert ran.code == 0, ran.output
    assert quoted(ran.output.encode()) == set()
    return data


def quoted(content: bytes) -> set[str]:
    """Return which planted texts stand in bytes."""
    return {
        where
        for where, ways in WAYS.items()
        if any(way.encode() in content for way in ways)
    }


def tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "select table_schema, table_name from information_schema.tables order by all"
    ).fetchall()


def found_in(
    connection: duckdb.DuckDBPyConnection, relation: str, planted: dict[str, set[str]]
) -> set[str]:
    """Return which planted texts stand in any column of a table."""
    pattern = "|".join(sorted(way for ways in planted.values() for way in ways))
    rows = connection.execute(
        f"select cast(one_row as varchar) from {relation} as one_row"
        " where regexp_matches(cast(one_row as varchar), ?)",
        [pattern.replace("+", "\\+")],
    ).fetchall()
    return quoted("\n".join(text for (text,) in rows).encode())


def where_found(
    database: Path, schemas: set[str], planted: dict[str, set[str]]
) -> dict[str, set[str]]:
    """Return the tables of some schemas in which planted texts stand, and which."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = [
            f'"{schema}"."{name}"'
            for schema, name in tables(connection)
            if schema in schemas
        ]
        assert len(names) > 10
        found = {name: found_in(connection, name, planted) for name in names}
    return {name: texts for name, texts in found.items() if texts}


def files_below(data: Path, *left_out: str) -> Iterator[Path]:
    for place in sorted(data.iterdir()):
        if place.name not in left_out:
            yield from (path for path in [place, *place.rglob("*")] if path.is_file())


def test_all_that_was_planted_is_kept_in_raw(data: Path) -> None:
    """Else the other tests would look for what never came."""
    assert len(SENTINELS) >= 25
    raw = where_found(data / "warehouse.duckdb", {"raw"}, WAYS)
    with duckdb.connect() as connection:
        rejects = f"'{data}/raw/rejects/*.parquet'"
        raw["rejects"] = found_in(connection, rejects, WAYS)
    assert {"what cannot be read: line", "file name: refused"} <= raw["rejects"]
    assert set().union(*raw.values()) == SENTINELS.keys()


@pytest.mark.parametrize("model", READ_BY)
def test_everything_is_staged(data: Path, model: str) -> None:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.sql(f"select count(*) from staging.{model}").fetchone()
    assert found == (READ_BY[model],)


def test_no_model_takes_names_or_text_of_a_note_along(data: Path) -> None:
    taken = {
        where: ways
        for where, ways in WAYS.items()
        if where.startswith(("name", "note")) and where != "note: hold"
    }
    found = where_found(
        data / "warehouse.duckdb", {"staging", "intermediate", "marts", "ops"}, taken
    )
    assert found.keys() <= {f'"staging"."{name}"' for name in SEGMENTS}


@pytest.mark.parametrize("database", ["warehouse.duckdb", "published/chartgap.duckdb"])
def test_nothing_of_it_reaches_what_readers_open(data: Path, database: str) -> None:
    assert where_found(data / database, {"marts", "ops"}, WAYS) == {}


def found_in_files(data: Path) -> dict[str, set[str]]:
    """Return the files outside raw and the warehouse in which planted texts stand."""
    found = {}
    with duckdb.connect() as connection:
        for path in files_below(data, "landing", "raw", "warehouse.duckdb"):
            texts = (
                found_in(connection, f"'{path}'", WAYS)
                if path.suffix == ".parquet"
                else quoted(path.read_bytes())
            )
            if texts or quoted(str(path.relative_to(data)).encode()):
                found[path.name] = texts
    return found


def test_nothing_of_it_is_in_any_file_but_raw_and_the_warehouse(data: Path) -> None:
    """Logs, run history, artifacts of dbt, results of checks, alerts and the page."""
    assert found_in_files(data) == {}
    looked_at = files_below(data, "landing", "raw", "warehouse.duckdb")
    kinds = {path.relative_to(data).parts[0] for path in looked_at}
    assert {"dagster", "dbt", "published"} <= kinds


def test_a_check_that_stops_the_run_tells_nothing_of_the_rows_that_break_it(
    tmp_path: Path, run_on: Callable[..., Any]
) -> None:
    without_id = ENCOUNTERS.replace("\nce1,", "\n,").replace("\nce2,", "\n,")
    landing = tmp_path / "landing" / FILE_NAMES["folder"]
    landing.mkdir(parents=True)
    (landing / "encounters.csv").write_text(without_id, "utf-8")
    (landing / "holds.csv").write_text(HOLDS, "utf-8")

    ran = run_on(tmp_path / "landing", tmp_path, "--as-of", AS_OF)

    assert ran.code != 0
    assert "encounter_id_is_present" in ran.output
    assert quoted(ran.output.encode()) == set()
    assert found_in_files(tmp_path) == {}
    with duckdb.connect() as connection:
        kept = found_in(connection, f"'{tmp_path}/raw/encounters/*.parquet'", WAYS)
        failures = f"'{tmp_path}/checks/failures/*.parquet'"
        [(keys,)] = connection.execute(f"select count(*) from {failures}").fetchall()
    assert kept == {
        "record number: csv",
        "what cannot be read: status",
        "what cannot be read: time",
    }
    assert keys > 0
