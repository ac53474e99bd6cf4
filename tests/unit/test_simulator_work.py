"""Coding, queries, holds, insurance, calendar and charges as the files tell them."""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from tests.unit.conftest import Plant, Planted, Row

WORK = (
    "recent_work,cancelled_visit,noshow_visit,coding_task,coding_query,coding_open,"
    "query_unanswered,bill_hold,short_hold,hold_open,coverage_missing,"
    "coverage_expired,walk_in,appointment_left_open,appointment_unresolved,"
    "appointment_moved,visit_left_open,late_charge,charge_corrected,"
    "charge_taken_back,charge_on_cancelled,duplicate_charge,charge_in_router,"
    "charge_unapproved,diagnosis_unlinked,codes_conflict,registration_incomplete,"
    "paper_missing,claim_edit_failed,not_for_bill"
)


@pytest.fixture(scope="module")
def told(plant: Plant) -> Planted:
    return plant(WORK, 3000)


def blockers(told: Planted, *codes: str) -> dict[str, Row]:
    return {
        row["encounter_id"]: row
        for row in told.true("blockers")
        if row["blocker_code"] in codes
    }


def test_coding_tasks_are_told_for_every_system(told: Planted) -> None:
    rows = told.feed("coding")
    waits = blockers(told, "COD-01")

    assert {row["encounter_id"] for row in rows} == set(waits)
    for row in rows:
        wait = waits[row["encounter_id"]]
        assert row["started_at"] == wait["started_at"]
        assert row["completed_at"] == wait["ended_at"]
        assert row["status"] == ("completed" if wait["ended_at"] else "open")
        coded = told.milestones[row["encounter_id"]].get("coded_at", "")
        assert row["completed_at"] == coded
    flat = {row["encounter_id"] for row in told.feed("encounters")}
    assert len(flat & set(waits)) < len(waits) / 2


def test_questions_are_open_until_they_are_answered(told: Planted) -> None:
    waits = blockers(told, "DOC-07")
    rows = told.feed("queries")

    assert {row["encounter_id"] for row in rows} == set(waits)
    for row in rows:
        assert row["opened_at"] == waits[row["encounter_id"]]["started_at"]
        assert row["answered_at"] == waits[row["encounter_id"]]["ended_at"]
    unanswered = [row for row in rows if not row["answered_at"]]
    assert len(unanswered) > 5
    for row in unanswered:
        assert told.states[row["encounter_id"]]["stage"] in {"coding", "documentation"}


def test_holds_say_their_kind_and_their_span(told: Planted) -> None:
    codes = {
        "bill_hold": "HLD-01", "manual": "HLD-02", "stop_bill": "HLD-03",
        "liability": "HLD-04", "enrolment": "HLD-05", "charge_approval": "CHG-04",
        "diagnosis_missing": "COD-02", "code_edit": "COD-03", "demographics": "REG-02",
        "authorization": "REG-03", "merge_pending": "REG-04", "note_lock": "DOC-03",
        "order": "DOC-10", "consent": "DOC-12", "claim_edit": "CLM-02",
        "missing_charge": "CHG-02",
        "surgical_package": "NB-02", "consolidated": "NB-05", "within_stay": "NB-06",
        "write_off": "NB-07",
    }  # fmt: skip
    rows = told.feed("holds")
    found = sorted(
        (
            row["encounter_id"],
            codes[row["hold_type"]],
            row["started_at"],
            row["ended_at"],
        )
        for row in rows
    )

    assert sorted(found) == sorted(
        (row["encounter_id"], row["blocker_code"], row["started_at"], row["ended_at"])
        for row in told.true("blockers")
        if row["blocker_code"] in codes.values()
    )
    assert {row["hold_type"] for row in rows} == set(codes)
    assert all(row["reason"] for row in rows)
    for row in rows:
        after = "submitted" if row["hold_type"] == "claim_edit" else "created"
        passed = told.milestones[row["encounter_id"]].get(f"claim_{after}_at")
        if passed:
            assert row["ended_at"]
            assert row["ended_at"] <= passed


def coverages(told: Planted) -> dict[str, list[tuple[str, str, str]]]:
    """Return first day, last day and day of record of each patient's insurances."""
    found: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in told.feed("coverages"):
        span = (row["starts_on"], row["ends_on"], row["updated_at"][:10])
        found[row["patient_id"]].append(span)
    for one in told.resources("Coverage"):
        patient = one["beneficiary"]["reference"].split("/")[1]
        period, changed = one["period"], one["meta"]["lastUpdated"][:10]
        found[patient].append((period["start"], period.get("end", ""), changed))
    return found


def test_a_bill_without_insurance_waits_for_the_front_desk(told: Planted) -> None:
    on_file = coverages(told)
    waits = blockers(told, "REG-01")
    patient_of = {
        row["encounter_id"]: row["patient_id"] for row in told.feed("encounters")
    }
    for one in told.resources("Encounter"):
        patient_of[one["id"]] = one["subject"]["reference"].split("/")[1]
    for message in told.messages():
        visit = message["PV1"][0][19]
        patient_of[visit] = message["PID"][0][3].split("^")[0]

    assert len(waits) > 30
    for visit, reached in told.milestones.items():
        if "service_end_at" not in reached:
            continue
        day = reached["service_start_at"][:10]
        valid = [
            span
            for span in on_file[patient_of[visit]]
            if span[0] <= day and (not span[1] or day <= span[1])
        ]
        is_open = visit in waits and not waits[visit]["ended_at"]
        assert is_open == (not valid)
        if is_open:
            assert told.states[visit]["primary_blocker_code"] != "CLM-01"
    firsts = {told.states[visit]["primary_blocker_code"] for visit in waits}
    assert "REG-01" in firsts


def test_a_walk_in_has_no_appointment_and_no_plan(told: Planted) -> None:
    walk_ins = {
        visit
        for visit, reached in told.milestones.items()
        if "scheduled_for" not in reached
    }
    booked = {row["encounter_id"] for row in told.feed("appointments")}
    for one in told.resources("Encounter"):
        if "appointment" in one:
            booked.add(one["id"])
    for message in told.messages():
        if "SCH" in message:
            booked.add(message["PV1"][0][19])

    assert len(walk_ins) > 50
    assert not walk_ins & booked
    assert walk_ins | booked == set(told.milestones)


def test_appointments_that_nobody_closed_stay_open(told: Planted) -> None:
    waits = blockers(told, "SCH-01")
    words = {row["encounter_id"]: row for row in told.feed("appointments")}
    forgotten = [visit for visit in waits if told.states[visit]["stage"] == "scheduled"]

    assert len(forgotten) > 8
    seen = {words[visit]["status"] for visit in waits if visit in words}
    assert seen == {"booked", "arrived"}
    for visit in waits:
        if visit in words:
            due = datetime.fromisoformat(words[visit]["end_at"]) + timedelta(days=1)
            assert datetime.fromisoformat(waits[visit]["started_at"]) == due
    for visit in forgotten:
        assert told.states[visit]["primary_blocker_code"] == "SCH-01"
    closed = {
        message["PV1"][0][19]
        for message in told.messages()
        if message["MSH"][0][9].startswith("SIU^S14")
    }
    assert not closed & set(waits)


def test_a_moved_appointment_is_told_with_its_new_time(told: Planted) -> None:
    plans: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for message in told.messages():
        event = message["MSH"][0][9].split("^")[1]
        if event in {"S12", "S13"}:
            start = datetime.strptime(message["AIS"][0][4], "%Y%m%d%H%M%S%z")
            plans[message["PV1"][0][19]].append((event, f"{start.timestamp():.0f}"))
    moved = {visit: dict(found) for visit, found in plans.items() if len(found) > 1}

    assert len(moved) > 10
    for visit, found in moved.items():
        planned = datetime.fromisoformat(told.milestones[visit]["scheduled_for"])
        assert found["S13"] == f"{planned.timestamp():.0f}" != found["S12"]


def test_a_visit_left_open_has_no_end(told: Planted) -> None:
    waits = blockers(told, "VIS-01")

    assert len(waits) > 5
    for visit in waits:
        assert told.states[visit]["stage"] == "visit"
        assert "service_end_at" not in told.milestones[visit]
    rows = {row["encounter_id"]: row for row in told.feed("encounters")}
    assert {rows[one]["status"] for one in waits if one in rows} == {"in-progress"}


# Charges.


def lines(told: Planted) -> dict[str, list[Row]]:
    """Return the charge lines of each visit with a status, whatever the system."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in told.feed("charges"):
        found[row["encounter_id"]].append(
            {
                "status": row["status"],
                "code": row["code"],
                "id": row["charge_id"],
                "at": row["entered_at"],
            }
        )
    for one in told.resources("ChargeItem"):
        visit = one["context"]["reference"].rsplit("/", 1)[1]
        code = one["code"]["coding"][0]["code"]
        line = {"status": one["status"], "code": code, "id": one["id"]}
        found[visit].append(line)
    taken_back = {
        line[2]
        for message in told.messages()
        for line in message.get("FT1", [])
        if line[6] == "CD"
    }
    for message in told.messages():
        for line in message.get("FT1", []):
            if line[6] == "CG":
                status = "entered-in-error" if line[2] in taken_back else "billable"
                one = {"status": status, "code": line[7], "id": line[2]}
                found[message["PV1"][0][19]].append(one)
    return found


def counted(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["status"] in {"billable", "billed"}]


def test_taken_back_charges_leave_the_visit_without_any(told: Planted) -> None:
    charges = lines(told)
    gone = [
        visit
        for visit, rows in charges.items()
        if {row["status"] for row in rows} == {"entered-in-error"}
    ]

    assert len(gone) > 8
    for visit in gone:
        assert told.states[visit]["primary_blocker_code"] in {
            "CHG-01",
            "DOC-05",
            "NB-01",
        }
        assert "charge_first_at" not in told.milestones[visit]


def test_lines_that_nobody_releases_stay_planned(told: Planted) -> None:
    waits = blockers(told, "CHG-03")
    charges = lines(told)

    assert len(waits) > 5
    for visit in waits:
        assert {row["status"] for row in charges[visit]} == {"planned"}
        assert not waits[visit]["ended_at"]
        assert "charge_first_at" not in told.milestones[visit]


def test_charges_of_called_off_visits_are_told(told: Planted) -> None:
    waits = blockers(told, "XREF-02")
    charges = lines(told)
    called_off = {
        visit for visit, row in told.states.items() if row["stage"] == "cancelled"
    }

    assert set(waits) == {visit for visit in called_off if counted(charges[visit])}
    assert len(waits) > 5


def test_a_line_entered_twice_is_two_lines_of_one_code(told: Planted) -> None:
    waits = blockers(told, "XREF-03")
    charges = lines(told)

    assert len(waits) > 5
    for visit in waits:
        codes = [row["code"] for row in counted(charges[visit])]
        assert len(codes) > len(set(codes))


def test_a_late_line_comes_after_the_bill(told: Planted) -> None:
    waits = blockers(told, "CHG-05")
    charges = lines(told)

    assert len(waits) > 15
    for visit, row in waits.items():
        reached = told.milestones[visit]
        assert row["started_at"] > reached["claim_submitted_at"]
        assert reached["charges_complete_at"] < row["started_at"]
        assert any(line["id"].endswith("L") for line in charges[visit])
