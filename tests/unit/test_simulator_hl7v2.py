"""The HL7 v2 messages of the simulator tell the truth, as it happens."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.conftest import Plant, Planted

USUAL = "recent_work,cancelled_visit,noshow_visit,superseded_note,cosign_pending"


@pytest.fixture(scope="module")
def told(plant: Plant) -> Planted:
    return plant(USUAL, 1500)


def utc(text: str) -> str:
    when = datetime.strptime(text, "%Y%m%d%H%M%S%z").astimezone(UTC)
    return when.isoformat()[:19] + "Z"


def events(told: Planted, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return visit, trigger event and segments of each message of a kind."""
    found = []
    for message in told.messages():
        sent_kind, event, _ = message["MSH"][0][9].split("^")
        if sent_kind == kind:
            found.append((message["PV1"][0][19], event, message))
    return found


def happened(message: dict[str, Any]) -> str:
    return utc(message["EVN"][0][6])


def test_each_encounter_is_in_one_system_and_a_third_in_messages(
    told: Planted,
) -> None:
    sent = {visit for visit, _, _ in events(told, "ADT")}
    flat = {row["encounter_id"] for row in told.feed("encounters")}
    resources = {one["id"] for one in told.resources("Encounter")}

    assert len(sent) > 400
    assert sent | flat | resources == set(told.milestones)
    assert len(sent) + len(flat) + len(resources) == len(told.milestones)


def test_the_course_of_a_visit_is_the_true_one(told: Planted) -> None:
    seen: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for visit, event, message in events(told, "ADT"):
        seen[visit][event] = happened(message)
        if event == "A03":
            assert utc(message["PV1"][0][45]) == happened(message)

    for visit, acts in seen.items():
        reached = told.milestones[visit]
        assert acts.get("A04") == reached.get("arrived_at")
        assert acts.get("A01") == reached.get("service_start_at")
        assert acts.get("A03") == reached.get("service_end_at")
        is_cancelled = told.states[visit]["stage"] == "cancelled"
        assert ("A38" in acts) == is_cancelled
        assert set(acts) <= {"A05", "A38", "A04", "A01", "A03", "A08"}


def test_appointments_are_booked_moved_on_and_closed(told: Planted) -> None:
    words: defaultdict[str, list[str]] = defaultdict(list)
    for visit, event, message in events(told, "SIU"):
        words[visit].append(event)
        assert utc(message["AIS"][0][4]) == told.milestones[visit]["scheduled_for"]

    outcomes = Counter(tuple(sorted(found)) for found in words.values())
    assert set(outcomes) == {
        ("S12",), ("S12", "S14"), ("S12", "S15"), ("S12", "S26"),
    }  # fmt: skip


def test_signatures_are_told_with_person_and_true_time(told: Planted) -> None:
    authors: defaultdict[str, list[str]] = defaultdict(list)
    cosigned: defaultdict[str, list[str]] = defaultdict(list)
    for visit, event, message in events(told, "MDM"):
        notice = message["TXA"][0]
        if notice[2] not in {"PR", "PN"}:
            continue
        signers = notice[22].split("~") if notice[22] else []
        assert bool(signers) == (notice[17] in {"AU", "LA"}) == (event == "T04")
        if signers:
            author, *others = [signer.split("^") for signer in signers]
            assert author[0] == notice[9].split("^")[0]
            authors[visit].append(utc(author[14]))
            needs_second = notice[10] != notice[9]
            assert (notice[17] == "LA") == (bool(others) or not needs_second)
            cosigned[visit] += [utc(other[14]) for other in others]

    assert sum(map(len, cosigned.values())) > 20
    for visit, reached in told.milestones.items():
        if visit in authors:
            assert min(authors[visit]) == reached["author_signed_at"]
            assert max(cosigned[visit], default=None) == reached.get("cosigned_at")


def test_a_note_that_takes_the_place_of_another_names_it(told: Planted) -> None:
    replaced = {
        message["TXA"][0][12]: message["TXA"][0][13]
        for _, event, message in events(told, "MDM")
        if event == "T09"
    }

    assert replaced
    assert all(
        old == new.replace("-2", "-1") and old != new for new, old in replaced.items()
    )


def test_charges_are_posted_at_their_true_times(told: Planted) -> None:
    posted: defaultdict[str, list[str]] = defaultdict(list)
    for visit, event, message in events(told, "DFT"):
        assert event == "P03"
        for line in message["FT1"]:
            assert line[6] == "CG"
            posted[visit].append(utc(line[5]))

    assert len(posted) > 300
    for visit, times in posted.items():
        reached = told.milestones[visit]
        assert min(times) == reached["charge_first_at"]
        assert max(times) == reached["charges_complete_at"]


def test_nothing_is_told_before_it_happens_or_after_the_end(told: Planted) -> None:
    for message in told.messages():
        sent = utc(message["MSH"][0][7])
        assert sent <= "2026-10-31T12:00:00Z"
        if "EVN" in message:
            assert happened(message) <= sent
            visit = message["PV1"][0]
            known = [utc(visit[field]) for field in (44, 45) if len(visit) > field]
            assert all(when <= sent for when in known)


def test_files_are_days_on_the_calendar_of_the_facility(told: Planted) -> None:
    wrapped = set()
    for path in sorted(told.landing.glob("hl7v2/*.hl7")):
        day, facility = path.stem[:10].replace("-", ""), path.stem[11:].upper()
        lines = path.read_bytes().decode().split("\r")
        headers = [line.split("|") for line in lines if line.startswith("MSH")]
        assert {header[3] for header in headers} == {facility}
        assert {header[6][:8] for header in headers} == {day}
        is_wrapped = lines[0].startswith("FHS")
        wrapped.add((facility, is_wrapped))
        if is_wrapped:
            assert f"BTS|{len(headers)}" in lines
    assert wrapped == {("F3", False), ("F6", True)}


def test_the_billing_system_tells_of_the_claims(told: Planted) -> None:
    sent = {visit for visit, _, _ in events(told, "ADT")}
    created = {row["encounter_id"]: row["created_at"] for row in told.feed("claims")}

    for visit in sent:
        assert created.get(visit) == told.milestones[visit].get("claim_created_at")
    assert {row["facility_id"] for row in told.feed("facilities")} == {
        name for name, system in told.system_of.items() if system != "fhir"
    }


def test_a_replay_repeats_messages_of_the_day_before(plant: Plant) -> None:
    once = plant("none", 600)
    again = plant("message_replay", 600)
    texts = Counter(str(message) for message in again.messages())

    assert set(texts.values()) == {1, 2}
    assert set(texts) == {str(message) for message in once.messages()}
    controls = Counter(message["MSH"][0][10] for message in once.messages())
    assert set(controls.values()) == {1}
