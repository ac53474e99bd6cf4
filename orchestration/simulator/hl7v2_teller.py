"""Tells of one encounter in HL7 v2: its patient, its visit, and when it is told."""

from typing import NamedTuple

from orchestration.simulator.hl7v2_writer import (
    Sender,
    patient_segment,
    person,
    segment,
)
from orchestration.simulator.journey import Journey
from orchestration.simulator.quirks import wrong_patient_until

_STALE_PLAN_SECONDS = 900


class Message(NamedTuple):
    """One message and when it was sent."""

    sent_at: int
    control_id: str
    text: str


class Teller:
    """One system that tells of one encounter up to a time."""

    def __init__(self, journey: Journey, at: int) -> None:
        self.journey = journey
        self.at = at
        self.wrong_patient_id = f"PT-{journey.patient.number + 1:07d}"
        self._times: dict[int, str] = {}
        self._sender = Sender(journey.facility, not journey.has_naive_times)
        self._own_patient = patient_segment(journey.patient, journey.patient.patient_id)
        # The visit as it was known when booked, after arrival and after its end.
        came = {44: self._known(journey.arrived_at)}
        self.booked = self.visit_segment({})
        self.visit = self.visit_segment(came)
        self.left = self.visit_segment({**came, 45: self._known(journey.ended_at)})

    def time(self, at: int) -> str:
        """Return a time as the system writes it."""
        text = self._times.get(at)
        if text is None:
            text = self._times[at] = self._sender.time(at)
        return text

    def patient(self, when: int) -> str:
        """Return who the encounter was thought to be of at a time (PID)."""
        journey = self.journey
        if when < wrong_patient_until(journey, self.at):
            return patient_segment(journey.patient, self.wrong_patient_id)
        if journey.aliases:
            return patient_segment(journey.patient, journey.patient_id_at(when))
        return self._own_patient

    def message(
        self, kind: str, event: str, when: int, *body: str, suffix: str = ""
    ) -> Message:
        """Return a message about something that happened at a time."""
        sent_at = min(when + self.journey.recording_seconds, self.at)
        number = f"{self.journey.index:07d}{event}{when % 100_000_000:08d}{suffix}"
        text = self._sender.message(kind, event, sent_at, number, body)
        return Message(sent_at, number, text)

    def event(self, event: str, when: int, *, claimed_at: int | None = None) -> str:
        """Return when something happened and was recorded (EVN)."""
        recorded = min(when + self.journey.recording_seconds, self.at)
        happened = when if claimed_at is None else claimed_at
        fields = {1: event, 2: self.time(recorded), 6: self.time(happened)}
        return segment("EVN", fields)

    def visit_message(
        self, event: str, when: int, visit: str, *, claimed_at: int | None = None
    ) -> Message:
        """Return a message about a step of the visit."""
        journey = self.journey
        happened = self.event(event, when, claimed_at=claimed_at)
        body = [happened, self.patient(when), visit]
        if not journey.is_walk_in:
            planned = journey.planned_for_at(when)
            if "sources_disagree" in journey.quirks:
                planned -= _STALE_PLAN_SECONDS
            body.append(segment("PV2", {8: self.time(planned)}))
        return self.message("ADT", event, when, *body)

    def merge_message(self, event: str, when: int, prior: str) -> Message:
        """Return a message that joins to this visit what stood elsewhere (MRG)."""
        head = (self.event(event, when), self.patient(when))
        return self.message("ADT", event, when, *head, prior, self.visit)

    def visit_segment(self, course: dict[int, str], *, number: str = "") -> str:
        """Return the visit (PV1), with the times of its course so far."""
        journey = self.journey
        fields = {
            1: "1",
            2: "O",
            3: f"CLINIC^^^{journey.facility.facility_id}",
            7: person(journey.provider),
            10: journey.visit_type.code,
            19: number or journey.encounter_id,
            **{place: text for place, text in course.items() if text},
        }
        return segment("PV1", fields)

    def _known(self, when: int) -> str:
        return self.time(when) if when <= self.at else ""
