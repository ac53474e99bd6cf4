"""What becomes of a claim, read from the files that tell of it.

Every file here is synthetic: a practice with one flat feed of visits, and the X12
that goes out and comes back. Each encounter is one story; its number is the
control number of its claim.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

Row = tuple[Any, ...]
MEDICARE = "PAY-1"
STORIES = (
    "PAID",
    "REPLACED",
    "VOIDED",
    "REISSUED",
    "REJECTED",
    "BADFILE",
    "REVERSED",
    "CORRECTED",
    "RECEIVED",
    "SILENT",
    "REPORT",
)


def interchange(number: int, kind: str, version: str, day: str, sets: list[str]) -> str:
    """Wrap transaction sets, given without ST and SE, in their envelopes."""
    code = {"837": "HC", "835": "HP", "277": "HN", "999": "FA"}[kind]
    out = [
        f"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *"
        f"{day[2:]}*1200*^*00501*{number:09d}*0*P*:",
        f"GS*{code}*SENDER*RECEIVER*{day}*1200*{number}*X*{version}",
    ]
    for place, body in enumerate(sets, start=1):
        count = body.count("~") + 3
        out += [f"ST*{kind}*{place:04d}*{version}", body, f"SE*{count}*{place:04d}"]
    out += [f"GE*{len(sets)}*{number}", f"IEA*1*{number:09d}"]
    return "~\n".join(out) + "~\n"


def claims_837(
    number: int, day: str, claims: dict[str, str], purpose: str = "00", use: str = "CH"
) -> str:
    """Return a file that sends claims, control number to frequency code."""
    lines = [f"BHT*0019*{purpose}*{number}*{day}*120000*{use}", "HL*1**20*1"]
    for control_number, frequency in claims.items():
        lines += [
            "HL*2*1*22*0",
            f"CLM*{control_number}*100***11:B:{frequency}*Y*A*Y*Y",
            "LX*1",
            "SV1*HC:99213*100*UN*1***1",
            "DTP*472*D8*20260302",
        ]
    return interchange(number, "837", "005010X222A1", day, ["~\n".join(lines)])


def answers_277(number: int, day: str, entity: str, answers: dict[str, str]) -> str:
    """Return a 277CA: control number to category and action, such as A2 WQ."""
    lines = [
        f"BHT*0085*08*{number}*{day}*1300*TH",
        "HL*1**20*1",
        f"NM1*{entity}*2*SOMEBODY*****46*X",
        f"DTP*050*D8*{day}",
        "HL*2*1*21*1",
        "HL*3*2*19*1",
    ]
    for place, (control_number, answer) in enumerate(answers.items(), start=4):
        category, action = answer.split()
        lines += [
            f"HL*{place}*3*PT",
            f"TRN*2*{control_number}",
            f"STC*{category}:20*{day}*{action}*100",
        ]
    return interchange(number, "277", "005010X214", day, ["~\n".join(lines)])


def payments_835(number: int, day: str, decisions: list[str]) -> str:
    """Return an 835 of claim loops that are given as segments."""
    head = f"BPR*I*0*C*ACH************{day}~\nTRN*1*{number}*1~\nDTM*405*{day}"
    body = "~\n".join([head, "N1*PR*TESTPAYER", "LX*1", *decisions])
    return interchange(number, "835", "005010X221A1", day, [body])


def paid(control_number: str, frequency: str = "", status: int = 1) -> str:
    """Return a claim loop: 80 paid of 100, or all of it taken back (22)."""
    sign = "-" if status == 22 else ""
    return (
        f"CLP*{control_number}*{status}*{sign}100*{sign}80**MB*N{control_number}"
        f"*11*{frequency}~\nCAS*CO*45*{sign}20"
    )


def denied(control_number: str) -> str:
    """Return a claim loop: all refused, as the note is missing (16 and N710)."""
    return (
        f"CLP*{control_number}*4*100*0**MB*N{control_number}*11~\n"
        "SVC*HC:99213*100*0**1~\nCAS*CO*16*100~\nLQ*HE*N710"
    )


def rejection_999(number: int, day: str, of: int) -> str:
    """Return a 999 that rejects the first set of a group."""
    body = f"AK1*HC*{of}*005010X222A1~\nAK2*837*0001~\nIK5*R*5~\nAK9*R*1*1*0"
    return interchange(number, "999", "005010X231A1", day, [body])


def write_feeds(folder: Path) -> None:
    """Write finished, signed and charged visits, one for each story."""
    visits, notes, charges = [], [], []
    for story in STORIES:
        visits.append(
            f"{story},P-{story},F-1,{MEDICARE},office_visit,AMB,finished,"
            "2026-03-02T09:00:00Z,2026-03-02T09:30:00Z,2026-03-02T10:00:00Z"
        )
        notes.append(
            f"D-{story},{story},progress_note,final,"
            "2026-03-02T09:40:00Z,2026-03-02T09:50:00Z,false"
        )
        charges.append(
            f"C-{story},{story},99213,1,100,2026-03-02,2026-03-02T11:00:00Z,billed"
        )
    feeds = {
        "encounters": (
            "encounter_id,patient_id,facility_id,payer_id,visit_type,encounter_class,"
            "status,started_at,ended_at,updated_at",
            visits,
        ),
        "documents": (
            "document_id,encounter_id,document_type,status,created_at,signed_at,"
            "cosign_required",
            notes,
        ),
        "charges": (
            "charge_id,encounter_id,code,units,amount,service_date,entered_at,status",
            charges,
        ),
        "payers": ("payer_id,payer_name,payer_type", [f"{MEDICARE},TEST,medicare"]),
    }
    for feed, (header, rows) in feeds.items():
        (folder / f"{feed}.csv").write_text("\n".join([header, *rows]) + "\n")


def write_x12(folder: Path) -> None:
    """Write what was sent and what came back, in the order of their days."""
    sent = {s: "1" for s in STORIES if s not in ("REISSUED", "BADFILE", "REPORT")}
    files = [
        claims_837(1, "20260304", sent),
        claims_837(2, "20260304", {"BADFILE": "1"}),
        claims_837(3, "20260304", {"REISSUED": "1"}),
        claims_837(4, "20260310", {"REISSUED": "1"}, purpose="18"),
        claims_837(5, "20260304", {"REPORT": "1"}, use="RP"),
        rejection_999(6, "20260305", of=2),
        answers_277(7, "20260305", "AY", dict.fromkeys(sent, "A1 WQ")),
        answers_277(
            8,
            "20260306",
            "PR",
            {s: "A2 WQ" for s in sent if s not in ("REJECTED", "RECEIVED", "SILENT")}
            | {"REJECTED": "A7 U", "RECEIVED": "A1 WQ", "STRANGER": "A2 WQ"},
        ),
        payments_835(
            9,
            "20260320",
            [
                *(paid(s) for s in ("PAID", "REVERSED", "CORRECTED", "VOIDED")),
                denied("REPLACED"),
            ],
        ),
        claims_837(10, "20260325", {"REPLACED": "7", "VOIDED": "8"}),
        payments_835(
            11,
            "20260401",
            [
                paid("REPLACED", "7"),
                *(paid(s, status=22) for s in ("REVERSED", "CORRECTED", "VOIDED")),
                paid("CORRECTED"),
            ],
        ),
    ]
    for place, text in enumerate(files):
        (folder / f"{place:02d}.x12").write_text(text)


@pytest.fixture(scope="module")
def warehouse(
    tmp_path_factory: pytest.TempPathFactory, run_on: Any
) -> Iterator[duckdb.DuckDBPyConnection]:
    data = tmp_path_factory.mktemp("claims")
    landing = data / "landing"
    landing.mkdir()
    write_feeds(landing)
    write_x12(landing)
    ran = run_on(landing, data, "--as-of", "2026-04-10T12:00:00Z")
    assert ran.code == 0, ran.output
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def of(connection: duckdb.DuckDBPyConnection, story: str, columns: str) -> Row:
    """Return columns of the encounter of a story, dates as text."""
    query = f"select {columns} from marts.fct_encounters where encounter_id = ?"
    [row] = connection.execute(query, [story]).fetchall()
    return tuple(row)


DAYS = """
    cast(claim_submitted_at as date)::varchar,
    cast(clearinghouse_accepted_at as date)::varchar,
    cast(payer_accepted_at as date)::varchar,
    cast(first_adjudicated_at as date)::varchar,
    cast(first_paid_at as date)::varchar
"""
SENT, BY_HUB, BY_PAYER = "2026-03-04", "2026-03-05", "2026-03-06"
DECIDED, DECIDED_AGAIN = "2026-03-20", "2026-04-01"
EXPECTED = {
    "PAID": (SENT, BY_HUB, BY_PAYER, DECIDED, DECIDED),
    "REPLACED": (SENT, BY_HUB, BY_PAYER, DECIDED, DECIDED_AGAIN),
    "VOIDED": (None, None, None, None, None),
    "REISSUED": (SENT, None, None, None, None),
    "REJECTED": (SENT, BY_HUB, None, None, None),
    "BADFILE": (None, None, None, None, None),
    "REVERSED": (SENT, BY_HUB, BY_PAYER, DECIDED, None),
    "CORRECTED": (SENT, BY_HUB, BY_PAYER, DECIDED, DECIDED),
    "RECEIVED": (SENT, BY_HUB, None, None, None),
    "SILENT": (SENT, BY_HUB, None, None, None),
    "REPORT": (None, None, None, None, None),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_milestones_of_a_claim_are_those_of_its_story(
    warehouse: duckdb.DuckDBPyConnection, story: str
) -> None:
    assert of(warehouse, story, DAYS) == EXPECTED[story]


def test_paid_is_what_stands_in_the_end(warehouse: duckdb.DuckDBPyConnection) -> None:
    amounts = {s: of(warehouse, s, "paid_amount::double")[0] for s in STORIES}

    assert amounts["PAID"] == amounts["CORRECTED"] == amounts["REPLACED"] == 80
    assert amounts["REVERSED"] == amounts["VOIDED"] == 0


def test_live_claims_are_counted_and_a_settled_claim_closes_its_visit(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    counts = {s: of(warehouse, s, "claim_count")[0] for s in STORIES}
    closed = {s for s in STORIES if of(warehouse, s, "closed_at is not null")[0]}

    assert counts == dict.fromkeys(STORIES, 1) | {"VOIDED": 0, "REPORT": 0}
    assert closed == {"PAID", "REPLACED", "CORRECTED"}


def test_a_claim_is_stuck_where_its_last_answer_left_it(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.execute(
        """
        select encounters.encounter_id, blockers.blocker_code
        from (
            select * from intermediate.int_acknowledgement_blockers
            union all
            select * from intermediate.int_payer_blockers
        ) as blockers
        inner join marts.fct_encounters as encounters using (encounter_key)
        where blockers.ended_at is null
        order by all
        """
    ).fetchall()

    assert found == [
        ("BADFILE", "ACK-01"),
        ("REISSUED", "ACK-01"),
        ("REISSUED", "ACK-04"),
        ("REJECTED", "ACK-03"),
        ("REVERSED", "PAY-02"),
        ("SILENT", "ACK-04"),
    ]


def test_a_denial_names_what_is_missing_and_who_acts(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    found = warehouse.execute(
        "select code, missing_item, requirement_id, owner_role, is_documentation"
        " from marts.fct_denials order by code"
    ).fetchall()

    assert found == [
        ("16", "see remark code", None, "biller", True),
        ("N710", "visit note", "R002", "provider", True),
    ]


def test_a_deadline_is_a_year_for_medicare(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    [deadline] = of(warehouse, "SILENT", "filing_deadline_date::varchar")

    assert deadline == "2027-03-02"


def test_an_answer_to_an_unknown_claim_is_counted(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    [row] = warehouse.execute(
        "select set_aside_count, difference from marts.rpt_reconciliation"
        " where control = 'claim answers that reach a claim'"
    ).fetchall()

    assert row == (1, 0)
