"""What an EHR that sends HL7 v2 messages has to take back, join or move.

A visit registered twice, or under the wrong patient; a discharge or a registration
that was none; a note and a visit put in by mistake; a charge for a visit that is
not there; patients that turn out to be one, or not after all.
"""

from collections.abc import Iterator
from itertools import pairwise

from orchestration.simulator.hl7v2_teller import Message, Teller
from orchestration.simulator.hl7v2_writer import (
    Sender,
    numbered,
    patient_segment,
    person,
    segment,
)
from orchestration.simulator.practice import Patient
from orchestration.simulator.quirks import wrong_patient_until
from orchestration.simulator.runs import NEVER
from orchestration.simulator.strays import stray_charge

_TWICE_BEFORE_SECONDS, _JOINED_SECONDS = 120, 900
_UNDONE_SECONDS = 300


def disorder_messages(teller: Teller) -> Iterator[Message]:
    """Yield every message about an encounter that its plain course would not need."""
    journey, at = teller.journey, teller.at
    if "visit_merged" in journey.quirks:
        yield from _registered_twice(teller)
    moved_at = wrong_patient_until(journey, at)
    if moved_at:
        yield _moved(teller, moved_at)
    if journey.ended_at > at:
        return
    if "discharge_undone" in journey.quirks:
        yield from _discharged_twice(teller)
    if "entered_in_error" in journey.quirks:
        yield from _put_in_by_mistake(teller)
    charge = stray_charge(journey, at)
    if charge:
        yield _charged_to_nobody(teller, *charge)


def undone_registration(teller: Teller) -> Iterator[Message]:
    """Yield the coming of a patient who had not come, and its taking back."""
    undone_at = teller.journey.cancelled_at
    came_at = undone_at - _UNDONE_SECONDS
    yield teller.visit_message("A04", came_at, teller.booked)
    yield teller.visit_message("A11", undone_at, teller.booked)


def _registered_twice(teller: Teller) -> Iterator[Message]:
    journey = teller.journey
    joined_at = journey.arrived_at + _JOINED_SECONDS
    if joined_at > teller.at:
        return
    other = f"{journey.encounter_id}-D"
    twice_at = journey.arrived_at - _TWICE_BEFORE_SECONDS
    visit = teller.visit_segment({}, number=other)
    yield teller.visit_message("A04", twice_at, visit)
    prior = segment("MRG", {1: numbered(journey.patient_id_at(joined_at)), 5: other})
    yield teller.merge_message("A42", joined_at, prior)


def _moved(teller: Teller, moved_at: int) -> Message:
    journey = teller.journey
    wrong = teller.wrong_patient_id
    prior = segment("MRG", {1: numbered(wrong), 5: journey.encounter_id})
    return teller.merge_message("A45", moved_at, prior)


def _discharged_twice(teller: Teller) -> Iterator[Message]:
    journey = teller.journey
    half = (journey.ended_at - journey.started_at) // 2
    too_early = journey.started_at + half
    early = teller.visit_segment({45: teller.time(too_early)})
    yield teller.visit_message("A03", too_early, early)
    yield teller.visit_message("A13", too_early + half // 2, teller.visit)


def _put_in_by_mistake(teller: Teller) -> Iterator[Message]:
    journey, at = teller.journey, teller.at
    begun, undone = journey.ended_at + 100, journey.ended_at + 400
    if undone > at:
        return
    visit = teller.visit_segment({}, number=f"{journey.encounter_id}-X")
    yield teller.visit_message("A04", begun, visit)
    yield teller.visit_message("A23", undone, visit)
    for event, when in (("T02", begun), ("T11", undone)):
        fields = {
            1: "1",
            2: "PR",
            3: "TX",
            6: teller.time(begun),
            9: person(journey.provider),
            10: person(journey.provider),
            12: f"D-{journey.index:07d}-8",
            17: "IP",
            19: "AV" if event == "T02" else "CA",
        }
        head = (teller.event(event, when), teller.patient(when), teller.visit)
        yield teller.message("MDM", event, when, *head, segment("TXA", fields))


def _charged_to_nobody(
    teller: Teller, name: str, visit: str, entered_at: int
) -> Message:
    transaction = {
        1: "1",
        2: name,
        4: teller.time(teller.journey.started_at),
        5: teller.time(entered_at),
        6: "CG",
        7: "99211",
        10: "1",
        11: "50.00",
        20: person(teller.journey.provider),
        25: "99211",
    }
    head = (
        teller.event("P03", entered_at),
        teller.patient(entered_at),
        teller.visit_segment({}, number=visit),
    )
    line = segment("FT1", transaction)
    return teller.message("DFT", "P03", entered_at, *head, line, suffix="N")


def merge_messages(
    patient: Patient, aliases: tuple[tuple[int, str], ...], sender: Sender, at: int
) -> Iterator[Message]:
    """Yield what is told when two records of a patient are joined, or parted."""
    for (_, before), (when, after) in pairwise(aliases):
        if not 0 < when <= at or when == NEVER:
            continue
        is_parting = before.endswith("-Z")
        event = "A37" if is_parting else "A40"
        happened = segment(
            "EVN", {1: event, 2: sender.time(when), 6: sender.time(when)}
        )
        first = patient_segment(patient, after)
        other = (
            patient_segment(patient, before)
            if is_parting
            else segment("MRG", {1: numbered(before)})
        )
        control_id = f"{patient.number:07d}{event}{when % 100_000_000:08d}"
        body = (happened, first, other)
        text = sender.message("ADT", event, when, control_id, body)
        yield Message(when, control_id, text)
