"""Tells of one encounter in HL7 v2: its patient, its visit, and when it is told."""

from typing import NamedTuple

from orchestration.simulator.hl7v2_writer import (
    Sender,
    patient_segment,
    person,
    segment,
)
from orchestration.simulator.journey import Journey


class Message(NamedTuple):
    """One message and when it was sent."""

    sent_at: int
    control_id: str
    text: str


class Teller:
    """One system that tells of one encounter up to a time."""

    def __init__(self, journey: Journey, at: int, *, has_offsets: bool) -> None:
        self.journey = journey
        self.at = at
        self._sender = Sender(journey.facility, has_offsets)
        self.patient = patient_segment(journey.patient)
        # The visit as it was known when booked, after arrival and after its end.
        came = {44: self._known(journey.arrived_at)}
        self.booked = self._visit_segment({})
        self.visit = self._visit_segment(came)
        self.left = self._visit_segment({**came, 45: self._known(journey.ended_at)})

    def time(self, at: int) -> str:
        """Return a time as the system writes it."""
        return self._sender.time(at)

    def message(self, kind: str, event: str, when: int, *body: str) -> Message:
        """Return a message about something that happened at a time."""
        sent_at = min(when + self.journey.recording_seconds, self.at)
        control_id = f"{self.journey.index:07d}{event}{when % 100_000_000:08d}"
        text = self._sender.message(kind, event, sent_at, control_id, body)
        return Message(sent_at, control_id, text)

    def event(self, event: str, when: int) -> str:
        """Return when something happened and was recorded (EVN)."""
        recorded = min(when + self.journey.recording_seconds, self.at)
        fields = {1: event, 2: self.time(recorded), 6: self.time(when)}
        return segment("EVN", fields)

    def _known(self, when: int) -> str:
        return self.time(when) if when <= self.at else ""

    def _visit_segment(self, course: dict[int, str]) -> str:
        """Return the visit (PV1), with the times of its course so far."""
        journey = self.journey
        fields = {
            1: "1",
            2: "O",
            3: f"CLINIC^^^{journey.facility.facility_id}",
            7: person(journey.provider),
            10: journey.visit_type.code,
            19: journey.encounter_id,
            **{number: text for number, text in course.items() if text},
        }
        return segment("PV1", fields)
