"""Notes that are added to, opened again, or not what was asked for."""

import gzip
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from tests.unit.conftest import Plant, Planted, Row

NOTES = (
    "recent_work,overlapping_export,addendum_unsigned,addendum_signed,note_edited,"
    "wrong_type_note,student_note,dictated_only,cosign_pending,"
    "signature_time_missing"
)


@pytest.fixture(scope="module")
def told(plant: Plant) -> Planted:
    return plant(NOTES, 3000)


def blockers(told: Planted, *codes: str) -> dict[str, Row]:
    return {
        row["encounter_id"]: row
        for row in told.true("blockers")
        if row["blocker_code"] in codes
    }


def gaps(told: Planted) -> dict[str, set[tuple[str, str]]]:
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in told.true("gaps"):
        found[row["encounter_id"]].add((row["requirement_id"], row["missing_item"]))
    return found


def notices(told: Planted) -> dict[str, list[tuple[str, list[str]]]]:
    """Return event and document (TXA) of each document message, by visit."""
    found: defaultdict[str, list[tuple[str, list[str]]]] = defaultdict(list)
    for message in sorted(told.messages(), key=lambda one: one["MSH"][0][7]):
        if "TXA" in message:
            event = message["MSH"][0][9].split("^")[1]
            found[message["PV1"][0][19]].append((event, message["TXA"][0]))
    return found


def visit_of(document: dict[str, Any]) -> str:
    return document["context"]["encounter"][0]["reference"].rsplit("/", 1)[1]


def test_an_addendum_opens_the_notes_until_it_is_signed(told: Planted) -> None:
    added: dict[str, bool] = {}
    for row in told.feed("documents"):
        if row["document_type"] == "addendum":
            added[row["encounter_id"]] = row["status"] == "final"
    for one in told.resources("DocumentReference"):
        relations = {relation["code"] for relation in one.get("relatesTo", [])}
        if "appends" in relations:
            added[visit_of(one)] = one["docStatus"] == "final"
    for visit, found in notices(told).items():
        mine = [notice for event, notice in found if notice[12].endswith("-5")]
        if mine:
            added[visit] = mine[-1][17] == "LA"
    waits = blockers(told, "DOC-08")

    assert set(added) <= set(waits)
    assert set(added.values()) == {True, False}
    for visit, is_signed in added.items():
        assert bool(waits[visit]["ended_at"]) == is_signed
        if not is_signed:
            assert told.states[visit]["stage"] == "documentation"
            assert "documentation_complete_at" not in told.milestones[visit]
            assert "author_signed_at" in told.milestones[visit]


def test_an_edit_after_signing_is_told_by_systems_that_keep_it(told: Planted) -> None:
    edited = {
        visit
        for visit, found in notices(told).items()
        if any(event == "T08" for event, _ in found)
    }
    again = {
        one["target"][0]["reference"].split("/")[1]
        for one in told.resources("Provenance")
        if one["id"].endswith("-author-2")
    }
    edited |= {
        visit_of(one)
        for one in told.resources("DocumentReference")
        if one["id"] in again or one["docStatus"] == "amended"
    }
    flat = {row["encounter_id"] for row in told.feed("encounters")}
    reopened = set(blockers(told, "DOC-08"))

    assert len(edited) > 10
    assert edited <= reopened
    assert not edited & flat
    after = [
        visit
        for visit in edited
        if told.milestones[visit].get("claim_submitted_at", "9")
        < blockers(told, "DOC-08")[visit]["started_at"]
    ]
    assert after, "a note is changed after its claim has gone"


def test_another_document_does_not_make_up_for_the_note(told: Planted) -> None:
    papers = {
        row["encounter_id"]
        for row in told.feed("documents")
        if row["document_type"] == "patient_instructions" and row["status"] == "final"
    }
    papers |= {
        visit_of(one)
        for one in told.resources("DocumentReference")
        if one["type"]["coding"][0]["code"] == "69730-0"
    }
    papers |= {
        visit
        for visit, found in notices(told).items()
        if any(notice[2] == "TS" for _, notice in found)
    }

    assert len(papers) > 8
    for visit in papers:
        state = told.states[visit]
        assert state["stage"] == "documentation"
        assert state["primary_blocker_code"] in {"DOC-01", "DOC-02"}
        assert gaps(told)[visit] <= {("R002", "note"), ("R002", "signature")}
        assert gaps(told)[visit]


def test_a_students_note_waits_for_somebody_who_may_bill(told: Planted) -> None:
    roles = {row["provider_npi"]: row["role"] for row in told.feed("providers")}
    rows = [
        row
        for row in told.feed("documents")
        if roles[row["author_npi"]] == "student" and row["status"] == "final"
    ]
    waits = blockers(told, "DOC-06")

    assert rows
    for row in rows:
        assert row["cosign_required"] == "false"
        assert row["signed_at"] == waits[row["encounter_id"]]["started_at"]
        assert row["cosigned_at"] == waits[row["encounter_id"]]["ended_at"]
    pending = [visit for visit, row in waits.items() if not row["ended_at"]]
    assert pending
    for visit in pending:
        assert told.states[visit]["primary_blocker_code"] == "DOC-06"
        assert ("R073", "attestation") in gaps(told)[visit]


def test_dictation_stays_dictation(told: Planted) -> None:
    dictated = {
        visit
        for visit, found in notices(told).items()
        if any(notice[17] == "DI" for _, notice in found)
    }

    assert dictated == set(blockers(told, "DOC-09"))
    assert len(dictated) > 5
    for visit in dictated:
        assert told.states[visit]["stage"] == "documentation"


def export(told: Planted, day: str) -> dict[str, dict[str, Any]]:
    path = told.landing / "fhir" / f"{day}-DocumentReference.ndjson.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines()
    return {one["id"]: one for one in map(orjson.loads, lines)}


def test_a_signature_without_time_lies_between_two_exports(told: Planted) -> None:
    """The status changes between the exports; only truth knows when."""
    signed = {
        one["target"][0]["reference"].split("/")[1]
        for one in told.resources("Provenance")
    }
    early, late = export(told, "2026-10-01"), export(told, "2026-10-31")
    changed = [
        name
        for name, one in late.items()
        if one["docStatus"] == "final"
        and name not in signed
        and early.get(name, {}).get("docStatus") == "preliminary"
    ]

    assert changed
    for name in changed:
        true = told.milestones[visit_of(late[name])]["author_signed_at"]
        when = datetime.fromisoformat(true)
        first, last = (datetime(2026, 10, day, 12, tzinfo=UTC) for day in (1, 31))
        assert first < when <= last


def test_an_author_on_leave_signs_when_back(plant: Plant) -> None:
    told = plant("author_away,recent_work", 6000)
    leave = {}
    for one in told.resources("PractitionerRole"):
        for away in one.get("notAvailable", []):
            name = one["practitioner"]["reference"].split("/")[1]
            during = away["during"]
            leave[name] = [utc(during["start"]), utc(during["end"])]
    authors = {
        visit_of(one): one["author"][0]["reference"].split("/")[1]
        for one in told.resources("DocumentReference")
        if "relatesTo" not in one
    }
    waits = blockers(told, "DOC-13")

    assert len(waits) > 1
    for visit, row in waits.items():
        first, last = leave[authors[visit]]
        assert first <= row["started_at"]
        assert row["ended_at"] in {last, ""}
        signed = told.milestones[visit].get("author_signed_at", "9")
        assert signed > last
        assert told.milestones[visit]["service_end_at"] < first


def utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()[:19] + "Z"
