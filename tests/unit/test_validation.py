"""Great Expectations suites on planted rows; all rows here are synthetic."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from orchestration import evaluation, raw, validation
from orchestration.evaluation import Outcome
from orchestration.validation import Suite

INGEST = "20260101T000000Z"
FEED_SUITES = [suite for suite in validation.read_suites() if suite.asset[0] == "raw"]
GOOD = {
    "encounters": "E1 P1 1234567890 F1 Y1 office_visit AMB Finished"
    " 2026-01-05T09:00:00Z 2026-01-05T08:55:00Z 2026-01-05T09:01:00Z"
    " 2026-01-05T09:20:00Z 2026-01-05",
    "documents": "D1 E1 progress_note final 1234567890 2026-01-05T09:20:00+01:00"
    " 2026-01-05T09:30:00+01:00 Yes 1234567890 2026-01-06 - 2026-01-06",
    "charges": "C1 E1 X1 - 1 120.50 2026-01-05 2026-01-06 billable - 2026-01-06",
    "claims": "L1 E1 PCN1 1 - Y1 120.50 2026-01-06 2026-01-07 active",
    "providers": "1234567890 Someone - - 2026-01-05",
    "facilities": "F1 Somewhere America/New_York 2026-01-05",
    "payers": "Y1 Some-payer - 2026-01-05",
    "appointments": "A1 E1 P1 1234567890 F1 Checked-In 2026-01-05T09:00:00Z"
    " 2026-01-05T09:30:00Z 2025-12-01 2026-01-05",
    "coding": "K1 E1 Completed 2026-01-05T09:00:00Z 2026-01-05 2026-01-05",
    "queries": "Q1 E1 2026-01-05 2026-01-06 2026-01-07 2026-01-07",
    "holds": "H1 E1 manual - 2026-01-05 2026-01-06",
    "coverages": "V1 P1 Y1 M1 2026-01-01 2026-12 2026-01-01",
    "claim_statuses": "L1 a2 20 pr 2026-01-08T06:00:00-05:00",
    "remittances": "R1 PCN1 22 -120.50 -100 2026-01-16 2026-01-18"
    " CO:45:-20.50;pr:b7:0; N706;m127",
    "fhir_resources": "Encounter e1 1 2026-01-05T09:00:00Z -"
    ' {"resourceType":"Encounter","status":"finished","period":'
    '{"start":"2026-01-05T09:00:00Z","end":"2026-01-05T09:20:00Z"}} -',
    "x12_segments": "1 1 1 837 005010X222A1 CLM CLM*PCN1*120.5 * : ^ ~",
    "hl7v2_segments": r"1 1 0 M1 A B ADT A01 2.5 202601050900 - | ^ ~ \ & MSH MSH|^~",
}
BAD = {
    "encounters": "E1 P1 123 F1 Y1 office_visit AMB over then then"
    " 2026-01-05T09:20:00Z 2026-01-05T09:01:00Z 2026-01-05",
    "documents": "D1 E1 note done 123 2026-01-05T09:20:00Z"
    " 2026-01-05T09:10:00Z maybe 123 13/01/2026 - 2026-01-06",
    "charges": "C1 E1 X1 - one $5 5.1.26 today paid - today",
    "claims": "L1 - - 77 - Y1 12,5 2026-01-07 2026-01-06 sent",
    "providers": "1234567890 Someone - - 2026-01-05",
    "facilities": "F1 Somewhere Eastern!time 2026-01-05",
    "payers": "Y1 - - 2026-01-05",
    "appointments": "A1 E1 P1 123 F1 gone 2026-01-05 2026-01-04 then today",
    "coding": "K1 E1 paused 2026-01-06 2026-01-05 today",
    "queries": "Q1 E1 2026-01-06 2026-01-05 2026-01-04 today",
    "holds": "H1 E1 manual - 2026-01-06 2026-01-05",
    "coverages": "V1 P1 Y1 M1 2026-02-01 2026-01-01 today",
    "claim_statuses": "L1 accepted 20 payer today",
    "remittances": "R1 PCN1 77 $5 12,5 then now CO:45 N706,M127",
    "fhir_resources": "Encounter e1 1 2026-13-05T09:00:00Z -"
    ' {"resourceType":"Encounter","status":"over","period":'
    '{"start":"2026-01-05T09:20:00Z","end":"2026-01-05T09:00:00Z"}} -',
    "x12_segments": "1 1 1 998 005010X222A1 clm*1 CLM * : ^ ~",
    "hl7v2_segments": r"1 1 0 - A B - A01 2.5 202601050900 - | ^ ~ \ & MSH MSH|^~",
}

BLANK = {
    name: "1 1 1 - - - - - - - -"
    if name == "x12_segments"
    else " ".join("-" for _ in line.split())
    for name, line in GOOD.items()
}
MORE = {
    "encounters": ["E2 P1 - F1 Y1 - - planned - - now now now"],
    "documents": ["D2 E1 note final - now now - - - - now"],
    "charges": [],
    "claims": ["L2 E1 - 1 - - - now now active"],
    "providers": ["123 Someone - - today"],
    "facilities": ["F2 Somewhere UTC today"],
    "payers": ["Y2 Some-payer - today"],
    "appointments": ["A2 E1 - - - booked now now - -"],
    "coding": ["K2 E1 open now now -"],
    "queries": ["Q2 E1 now now now -"],
    "holds": ["H2 E1 - - now now"],
    "coverages": ["V2 P1 Y1 - now now -"],
    "claim_statuses": [],
    "remittances": [],
    "fhir_resources": [
        'Claim c1 1 - - {"status":"over"} -',
        'DocumentReference c1 1 - - {"docStatus":"over"} -',
        "claim! - - - - - -",
    ],
    "x12_segments": [
        "1 1 1 837 - CLM CLM**a,b * : ^ ~",
        "1 1 1 835 - CLP CLP*P*1*a,b*c,d * : ^ ~",
    ],
    "hl7v2_segments": [r"1 2 0 M1 A B ADT A01 2.5 - - | ^ ~ \ & p1 p1|1"],
}


def write_rows(root: Path, table: str, lines: list[str], ingest: str = INGEST) -> None:
    """Write raw rows as one ingest would; '-' is null, file f1."""
    own = [
        name
        for name in raw.reader_schema(table).names
        if name not in (raw.POSITION, raw.EXTRA)
    ]
    rows = []
    for position, line in enumerate(lines, start=1):
        values = [None if word == "-" else word for word in line.split()]
        row = dict.fromkeys(raw.SCHEMAS[table].names)
        row.update(_file_id="f1", _position=position, _data_source="default")
        row.update(dict(zip(own, values, strict=True)))
        for name in own:
            if raw.SCHEMAS[table].field(name).type == raw.NUMBER and row[name]:
                row[name] = int(row[name])
        rows.append(row)
    folder = root / "raw" / table
    folder.mkdir(parents=True, exist_ok=True)
    with raw.parquet_writer(folder / f"{ingest}-0001.parquet", table) as writer:
        plain = pa.schema(
            [
                (field.name, pa.string() if field.type == raw.LABEL else field.type)
                for field in raw.SCHEMAS[table]
            ]
        )
        filled = pa.Table.from_pylist(rows, plain)
        writer.write_table(filled.cast(raw.SCHEMAS[table]))


def validate(suite: Suite, root: Path) -> dict[str, Outcome]:
    """Validate what the ingest brought, by expectation id."""
    outcomes = evaluation.validate_ingest(suite, raw=root / "raw", ingest_id=INGEST)
    return {outcome.expectation.id: outcome for outcome in outcomes}


@pytest.mark.parametrize("suite", FEED_SUITES, ids=lambda suite: suite.name)
def test_a_good_row_meets_every_expectation_of_its_feed(suite, tmp_path):
    write_rows(tmp_path, suite.name, [GOOD[suite.name]])

    outcomes = validate(suite, tmp_path)

    assert [i for i, outcome in outcomes.items() if not outcome.passed] == []
    assert {outcome.note for outcome in outcomes.values()} == {evaluation.MET}


@pytest.mark.parametrize("suite", FEED_SUITES, ids=lambda suite: suite.name)
def test_every_expectation_fails_on_a_row_that_breaks_it(suite, tmp_path):
    """Great Expectations says the same, and each failing row is known by its key."""
    good, bad = GOOD[suite.name], BAD[suite.name]
    write_rows(
        tmp_path, suite.name, [good, bad, bad, BLANK[suite.name], *MORE[suite.name]]
    )

    outcomes = validate(suite, tmp_path)

    on_rows = {i: o for i, o in outcomes.items() if not o.expectation.rule.present}
    assert [i for i, outcome in on_rows.items() if outcome.passed] == []
    assert {outcome.note for outcome in on_rows.values()} == {evaluation.NOT_MET}
    for outcome in on_rows.values():
        assert len(set(outcome.keys)) == outcome.failed_count > 0
        assert {file_id for file_id, _ in outcome.keys} == {"f1"}


def test_only_rows_of_this_ingest_are_looked_at(tmp_path):
    suite = next(suite for suite in FEED_SUITES if suite.name == "payers")
    write_rows(tmp_path, "payers", ["- - - -"], ingest="20250101T000000Z")
    write_rows(tmp_path, "payers", [GOOD["payers"]])

    outcomes = validate(suite, tmp_path)

    assert all(outcome.passed for outcome in outcomes.values())
    assert outcomes["payer_id_is_present"].evaluated_count == 1


def test_a_feed_without_new_rows_passes_and_says_so(tmp_path):
    outcomes = validate(FEED_SUITES[0], tmp_path)

    assert {(o.passed, o.note, o.evaluated_count) for o in outcomes.values()} == {
        (True, "nothing new", 0)
    }


def suite_of(*expectations: dict) -> Suite:
    """Write a suite of the given expectations on the payers feed and read it."""
    declared = [
        {
            "type": "expect_column_values_to_not_be_null",
            "kwargs": {"column": "payer_id"},
            "severity": "warning",
            "description": "For a test.",
            "meta": {
                "id": f"expectation_{number}",
                "owner": "data_engineering",
                "runbook": "key-missing",
                "first_look": "select 1",
                "remedy": "None.",
            },
            **expectation,
        }
        for number, expectation in enumerate(expectations)
    ]
    return validation.suite_from(
        {"name": "s", "meta": {"asset": "raw/payers"}, "expectations": declared}
    )


def test_a_misspelt_expectation_is_refused():
    """Great Expectations itself drops it, and what is left passes."""
    with pytest.raises(validation.SuiteError, match="expectation_1"):
        suite_of({}, {"type": "expect_column_values_to_not_be_nul"})


def test_a_misspelt_argument_is_refused():
    with pytest.raises(validation.SuiteError, match="colum"):
        suite_of({"kwargs": {"colum": "payer_id"}})


def test_an_argument_that_is_not_counted_is_refused():
    """A share of rows that may fail would be passed over otherwise."""
    with pytest.raises(validation.SuiteError, match="mostly"):
        suite_of({"kwargs": {"column": "payer_id", "mostly": 0.9}})


def test_an_empty_suite_is_refused():
    with pytest.raises(validation.SuiteError, match="no expectation"):
        validation.load_suite(suite_of())


def test_an_id_used_twice_is_refused():
    meta = dict.fromkeys(("owner", "runbook", "first_look", "remedy"), "x")
    meta["id"] = "same"
    suite = suite_of({"meta": meta}, {"meta": meta, "kwargs": {"column": "payer_name"}})

    with pytest.raises(validation.SuiteError, match="twice"):
        validation.load_suite(suite)


def of(suite: Suite, rows: str) -> list[Outcome]:
    """Hold the rows of a query against a suite."""
    with duckdb.connect() as connection:
        connection.execute(f"create view payers as {rows}")
        return list(evaluation.validate(suite, connection, "payers"))


ROWS = "select 'f' as _file_id, 1 as _position, 'secret' as payer_id"


def test_an_expectation_that_cannot_be_evaluated_is_an_error():
    """DuckDB says which value it could not read."""
    suite = validation.suite_from(
        {
            **suite_of({}).definition,
            "meta": {
                "asset": "raw/payers",
                "columns": {"payer_id": "cast(payer_id as integer)"},
            },
        }
    )

    (outcome,) = of(suite, ROWS)

    assert not outcome.passed
    assert outcome.severity == validation.ERROR
    assert "could not be evaluated" in outcome.note
    assert "secret" not in str(outcome)


def test_what_is_judged_differently_by_great_expectations_is_an_error():
    """A number is no text for Python and is one in SQL; neither is believed."""
    suite = suite_of(
        {
            "type": "expect_column_values_to_be_in_set",
            "kwargs": {"column": "payer_id", "value_set": [42]},
        }
    )

    (outcome,) = of(suite, ROWS.replace("secret", "42"))

    assert (outcome.passed, outcome.severity) == (False, validation.ERROR)
    assert outcome.failed_count is None


def test_a_table_that_lacks_a_column_is_told_of():
    suite = suite_of(
        {},
        {
            "type": "expect_table_columns_to_match_set",
            "kwargs": {"column_set": ["payer_id", "gone"], "exact_match": False},
        },
    )

    there, columns = of(suite, ROWS)

    assert there.passed
    assert (columns.passed, columns.evaluated_count, columns.failed_count) == (
        False,
        2,
        1,
    )


def test_outcomes_carry_no_values(tmp_path):
    suite = next(suite for suite in FEED_SUITES if suite.name == "encounters")
    write_rows(tmp_path, "encounters", [BAD["encounters"].replace("over", "zzz9")])

    outcomes = validate(suite, tmp_path)

    assert not outcomes["encounter_status_is_known"].passed
    assert "zzz9" not in str(outcomes)
