"""What an EHR that sends HL7 v2 messages says of a visit, as it happens.

Turns a journey into messages, one for each act that the system records; it sees
no state, no truth, and nothing that happened later. An act is told a few seconds
after it was done. Calendar and visit are here, notes and charges in modules of
their own. A bill is not its business: it posts charges and stops there.
"""

from collections.abc import Iterator

from orchestration.simulator.hl7v2_disorder import (
    disorder_messages,
    undone_registration,
)
from orchestration.simulator.hl7v2_teller import Message, Teller
from orchestration.simulator.hl7v2_writer import person, segment
from orchestration.simulator.journey import Journey
from orchestration.simulator.observe_hl7v2_acts import charge_messages, note_messages
from orchestration.simulator.quirks import disordered_start
from orchestration.simulator.runs import NEVER

_UPDATED_AFTER_SECONDS = 900
_UPDATED_ONE_IN = 3


def observe_messages(journey: Journey, at: int) -> Iterator[Message]:
    """Yield every message about an encounter that was sent by a time."""
    teller = Teller(journey, at)
    if not journey.is_walk_in:
        yield from _appointment(teller)
    yield from _visit(teller)
    yield from note_messages(teller)
    yield from charge_messages(teller)
    yield from disorder_messages(teller)


def _appointment(teller: Teller) -> Iterator[Message]:
    journey = teller.journey
    steps = [
        (journey.booked_at, "S12", "Booked"),
        (journey.moved_at, "S13", "Booked"),
        (journey.cancelled_at, "S15", "Cancelled"),
        (journey.noshow_at, "S26", "Noshow"),
    ]
    if not journey.is_appointment_left_open:
        steps.append((journey.ended_at, "S14", "Complete"))
    for when, event, word in steps:
        if when <= teller.at:
            yield teller.message("SIU", event, when, *_schedule(teller, when, word))


def _schedule(teller: Teller, when: int, status: str) -> tuple[str, ...]:
    journey = teller.journey
    planned = journey.planned_for_at(when)
    length = journey.visit_type.minutes
    start, end = teller.time(planned), teller.time(planned + 60 * length)
    minutes, name = str(length), journey.appointment_id
    timing = f"^^{minutes}^{start}^{end}"
    plan = {1: name, 2: name, 6: "BOOK", 11: timing, 25: status}
    service = {1: "1", 3: journey.visit_type.code, 4: start, 7: minutes, 8: "MIN"}
    place = {1: "1", 3: journey.facility.facility_id, 6: start}
    return (
        segment("SCH", plan),
        teller.patient(when),
        teller.booked,
        "RGS|1",
        segment("AIS", service),
        segment("AIL", place),
        segment("AIP", {1: "1", 3: person(journey.provider), 6: start}),
    )


def _visit(teller: Teller) -> Iterator[Message]:
    journey = teller.journey
    is_called_off = min(journey.cancelled_at, journey.noshow_at) < NEVER
    steps = [
        (journey.moved_at, "A08", teller.booked),
        (journey.noshow_at, "A38", teller.booked),
        (journey.arrived_at, "A04", teller.visit),
        (journey.started_at, "A01", teller.visit),
        (journey.ended_at, "A03", teller.left),
    ]
    if not journey.is_walk_in:
        steps.append((journey.booked_at, "A05", teller.booked))
    if journey.index % _UPDATED_ONE_IN == 0 and not is_called_off:
        updated_at = min(journey.ended_at + _UPDATED_AFTER_SECONDS, NEVER)
        steps.append((updated_at, "A08", teller.left))
    if "registration_undone" not in journey.quirks:
        steps.append((journey.cancelled_at, "A38", teller.booked))
    elif journey.cancelled_at <= teller.at:
        yield from undone_registration(teller)
    begun_at = disordered_start(journey, teller.at)
    for when, event, visit in sorted(steps):
        if when <= teller.at:
            claimed_at = begun_at if event == "A01" else None
            yield teller.visit_message(event, when, visit, claimed_at=claimed_at)
