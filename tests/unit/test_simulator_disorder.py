"""What systems misrepresent is planted where truth says, and nowhere else."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orchestration.simulator.parameters import parse_defects
from orchestration.simulator.simulate import simulate
from tests.unit.conftest import Plant, Planted

DISORDER = (
    "recent_work,cancelled_visit,note_unsigned,cosign_pending,date_only_times,"
    "sentinel_dates,future_time,time_disorder,sources_disagree,entered_in_error,"
    "appointment_without_visit,charge_without_visit,remittance_without_claim,"
    "visit_merged,visit_moved,discharge_undone,registration_undone,patient_merged,"
    "patient_unmerged"
)


@pytest.fixture(scope="module")
def told(plant: Plant) -> Planted:
    return plant(DISORDER, 4000)


def planted(told: Planted, name: str) -> dict[str, set[str]]:
    """Return the milestones of each encounter that a conflict is planted for."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in told.true("conflicts"):
        if row["conflict"] == name:
            found[row["encounter_id"]].add(row["milestone"])
    return found


def utc(text: str) -> str:
    when = datetime.strptime(text, "%Y%m%d%H%M%S%z").astimezone(UTC)
    return when.isoformat()[:19] + "Z"


def by_event(told: Planted, event: str) -> list[dict[str, Any]]:
    return [one for one in told.messages() if one["MSH"][0][9].split("^")[1] == event]


def notes(told: Planted) -> dict[str, list[dict[str, str]]]:
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in told.feed("documents"):
        if row["status"] != "entered-in-error":
            found[row["encounter_id"]].append(row)
    return found


def test_days_without_a_time_hold_the_true_local_day(told: Planted) -> None:
    zones = {row["facility_id"]: row["time_zone"] for row in told.feed("facilities")}
    place = {row["encounter_id"]: row["facility_id"] for row in told.feed("encounters")}
    days = planted(told, "date_only_times")
    seen = set()
    for visit, rows in notes(told).items():
        for row in rows:
            is_day = len(row["created_at"]) == 10
            assert is_day == (visit in days)
            if is_day:
                true = datetime.fromisoformat(told.milestones[visit]["note_started_at"])
                local = true.astimezone(ZoneInfo(zones[place[visit]]))
                assert row["created_at"] == local.date().isoformat()
                seen.add(visit)
    assert seen == set(days)
    assert len(seen) > 10


def test_dates_that_mean_nothing_stand_for_what_has_not_happened(
    told: Planted,
) -> None:
    odd = {"9999-12-31T00:00:00Z", "1900-01-01"}
    found = set()
    for row in told.feed("encounters"):
        if row["ended_at"] in odd:
            assert "service_end_at" not in told.milestones[row["encounter_id"]]
            found.add("ended_at")
    for visit, rows in notes(told).items():
        for row in rows:
            if row["signed_at"] in odd:
                assert "documentation_complete_at" not in told.milestones[visit]
                found.add("signed_at")
            if row["cosigned_at"] in odd:
                found.add("cosigned_at")
    assert found == {"ended_at", "signed_at", "cosigned_at"}


def test_a_mistyped_year_is_listed(told: Planted) -> None:
    future = set()
    for visit, rows in notes(told).items():
        if any("2027" <= row["signed_at"] < "9999" for row in rows):
            future.add(visit)
    documents = {
        one["id"]: one["context"]["encounter"][0]["reference"].rsplit("/", 1)[1]
        for one in told.resources("DocumentReference")
    }
    for one in told.resources("Provenance"):
        if one["signature"][0]["when"] >= "2027":
            target = one["target"][0]["reference"].split("/")[1]
            future.add(documents[target])

    assert future == set(planted(told, "future_time"))
    assert future


def test_a_late_clock_says_that_care_began_after_its_end(told: Planted) -> None:
    wrong = set()
    for row in told.feed("encounters"):
        if row["ended_at"] and row["started_at"] > row["ended_at"]:
            wrong.add(row["encounter_id"])
            true = told.milestones[row["encounter_id"]]["service_start_at"]
            late = datetime.fromisoformat(row["started_at"])
            assert late - datetime.fromisoformat(true) == timedelta(hours=2)
    for message in by_event(told, "A01"):
        visit, said = message["PV1"][0][19], utc(message["EVN"][0][6])
        if said != told.milestones[visit]["service_start_at"]:
            wrong.add(visit)

    assert wrong == set(planted(told, "time_disorder"))
    assert len(wrong) > 5


def test_the_queue_of_the_billing_system_is_not_the_sending(told: Planted) -> None:
    conflicting = {
        row["encounter_id"]
        for row in told.feed("claims")
        if row["submitted_at"]
        and row["submitted_at"]
        != told.milestones[row["encounter_id"]]["claim_submitted_at"]
    }

    assert conflicting == set(planted(told, "sources_disagree"))
    assert len(conflicting) > 20


def test_what_was_put_in_by_mistake_is_taken_back(told: Planted) -> None:
    visits = {
        row["encounter_id"]
        for row in told.feed("encounters")
        if row["status"] == "entered-in-error"
    }
    visits |= {
        one["id"]
        for one in told.resources("Encounter")
        if one["status"] == "entered-in-error"
    }
    visits |= {message["PV1"][0][19] for message in by_event(told, "A23")}
    documents = {
        row["document_id"]
        for row in told.feed("documents")
        if row["status"] == "entered-in-error"
    }
    documents |= {
        one["id"]
        for one in told.resources("DocumentReference")
        if one["status"] == "entered-in-error"
    }
    documents |= {message["TXA"][0][12] for message in by_event(told, "T11")}

    assert len(visits) == len(documents) > 20
    assert not visits & set(told.milestones)
    assert {name[2:9] for name in documents} == {name[2:9] for name in visits}


def test_records_that_lead_nowhere_are_listed(told: Planted) -> None:
    listed: defaultdict[str, set[str]] = defaultdict(set)
    for row in told.true("unmatched"):
        listed[row["defect"]].add(row["record_id"])
    appointments = {
        row["appointment_id"]
        for row in told.feed("appointments")
        if not row["encounter_id"] and row["status"] == "fulfilled"
    }
    named = {
        one["appointment"][0]["reference"].split("/")[1]
        for one in told.resources("Encounter")
        if "appointment" in one
    }
    appointments |= {
        one["id"] for one in told.resources("Appointment") if one["id"] not in named
    }
    assert appointments == listed["appointment_without_visit"]

    charges = {
        row["charge_id"]
        for row in told.feed("charges")
        if row["encounter_id"] not in told.milestones
    }
    for one in told.resources("ChargeItem"):
        if one["context"]["reference"].rsplit("/", 1)[1] not in told.milestones:
            charges.add(one["id"])
    for message in by_event(told, "P03"):
        if message["PV1"][0][19] not in told.milestones:
            charges.add(message["FT1"][0][2])
    assert charges == listed["charge_without_visit"]

    known = {row["patient_control_number"] for row in told.true("claims")}
    answered = {
        one[1]
        for segments in told.x12("835/*")
        for one in segments
        if one[0] == "CLP" and one[1] not in known
    }
    assert answered == listed["remittance_without_claim"]
    assert all(len(found) > 4 for found in listed.values())
    assert len(listed) == 3


def test_joined_patients_lead_to_the_true_one(told: Planted) -> None:
    survivor: dict[str, str] = {}
    for message in sorted(told.messages(), key=lambda one: utc(one["MSH"][0][7])):
        event = message["MSH"][0][9].split("^")[1]
        number = message["PID"][0][3].split("^")[0]
        if event == "A40":
            survivor[message["MRG"][0][1].split("^")[0]] = number
        if event == "A37":
            survivor.pop(number)
    true = {row["encounter_id"]: row["patient_id"] for row in told.true("patients")}
    moved = {message["PV1"][0][19] for message in by_event(told, "A45")}
    seen = set()
    for message in told.messages():
        if "PV1" not in message or message["PV1"][0][19] not in true:
            continue
        visit = message["PV1"][0][19]
        number = message["PID"][0][3].split("^")[0]
        while number in survivor:
            number = survivor[number]
            seen.add(visit)
        if visit not in moved and not number.endswith("-Z"):
            assert number == true[visit]
    assert len(seen) > 10
    others = {
        row["encounter_id"] for row in told.true("patients") if row["other_patient_ids"]
    }
    assert seen <= others


def test_a_moved_visit_stood_under_somebody_else_before(told: Planted) -> None:
    true = {row["encounter_id"]: row["patient_id"] for row in told.true("patients")}
    moves = by_event(told, "A45")

    assert len(moves) > 5
    for message in moves:
        visit = message["PV1"][0][19]
        prior = message["MRG"][0]
        assert prior[5] == visit
        assert prior[1].split("^")[0] != true[visit]
        assert message["PID"][0][3].split("^")[0].startswith(true[visit])
        before = [
            one["PID"][0][3].split("^")[0]
            for one in told.messages()
            if "PV1" in one
            and one["PV1"][0][19] == visit
            and utc(one["MSH"][0][7]) < utc(message["MSH"][0][7])
        ]
        assert prior[1].split("^")[0] in before


def test_a_visit_registered_twice_is_joined(told: Planted) -> None:
    joins = by_event(told, "A42")
    twice = {
        message["PV1"][0][19]
        for message in by_event(told, "A04")
        if message["PV1"][0][19].endswith("-D")
    }

    assert {message["MRG"][0][5] for message in joins} == twice
    assert len(twice) > 5
    for message in joins:
        assert message["MRG"][0][5] == f"{message['PV1'][0][19]}-D"
        assert message["PV1"][0][19] in told.milestones


def test_what_was_undone_did_not_happen(told: Planted) -> None:
    discharges: defaultdict[str, list[str]] = defaultdict(list)
    for message in by_event(told, "A03"):
        discharges[message["PV1"][0][19]].append(utc(message["PV1"][0][45]))
    undone = {message["PV1"][0][19] for message in by_event(told, "A13")}
    assert undone == {visit for visit, times in discharges.items() if len(times) > 1}
    assert len(undone) > 5
    for visit in undone:
        assert max(discharges[visit]) == told.milestones[visit]["service_end_at"]

    called_off = {message["PV1"][0][19] for message in by_event(told, "A11")}
    assert len(called_off) > 5
    for visit in called_off:
        assert told.states[visit]["stage"] == "cancelled"
        assert "arrived_at" not in told.milestones[visit]


# The feed that was down, and clocks.


def test_an_outage_makes_unknown_what_nothing_else_proves(plant: Plant) -> None:
    told = plant("recent_work,feed_outage", 3000)
    lost = planted(told, "feed_outage")
    documented = {row["encounter_id"] for row in told.feed("documents")}
    place = {row["encounter_id"]: row["facility_id"] for row in told.feed("encounters")}
    unknown = {visit for visit, row in told.states.items() if row["stage"] == "unknown"}

    assert len(lost) > 10
    assert not set(lost) & documented
    assert {place[visit] for visit in lost} == {"F4"}
    assert unknown
    for visit in unknown:
        row = told.states[visit]
        assert (row["primary_blocker_code"], row["owner_role"]) == (
            "DQ-01",
            "data_engineering",
        )
        assert "claim_submitted_at" not in told.milestones[visit]
        assert visit not in {gap["encounter_id"] for gap in told.true("gaps")}
    for visit in set(lost) - unknown:
        assert "claim_submitted_at" in told.milestones[visit]


def test_visits_at_clock_changes_are_told_in_local_time(plant: Plant) -> None:
    told = plant("clock_change_visit,local_clock_times", 9000)
    offsets = set()
    for one in told.resources("Encounter"):
        for step in one.get("statusHistory", []):
            start = datetime.fromisoformat(step["period"]["start"])
            if start.date().isoformat() in {"2026-03-08", "2025-11-02"}:
                offsets.add((start.date().isoformat(), start.utcoffset()))
    assert len(offsets) >= 4, "before and after both changes"
    assert planted(told, "ambiguous_hour")
    clocks = {
        (message["MSH"][0][4], len(message["MSH"][0][7])) for message in told.messages()
    }
    assert clocks == {("F3", 14), ("F6", 19)}


def test_the_zone_of_clocks_without_offset_is_told(tmp_path: Path) -> None:
    defects = parse_defects("local_clock_times")
    simulate(tmp_path, encounters=20, seed=5, defects=defects)
    assert "time_zone: America/Denver" in (tmp_path / "sources.yml").read_text()

    simulate(tmp_path, encounters=20, seed=5, defects=frozenset())
    assert not (tmp_path / "sources.yml").exists()


def test_a_foreign_list_of_sources_stays(tmp_path: Path) -> None:
    (tmp_path / "sources.yml").write_text("sources: []\n")
    simulate(tmp_path, encounters=20, seed=5, defects=frozenset())
    with pytest.raises(FileExistsError, match=r"sources\.yml"):
        simulate(
            tmp_path, encounters=20, seed=5, defects=parse_defects("local_clock_times")
        )
    assert (tmp_path / "sources.yml").read_text() == "sources: []\n"
