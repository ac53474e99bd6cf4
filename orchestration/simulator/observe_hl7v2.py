"""What an EHR that sends HL7 v2 messages says of a visit, as it happens.

Turns a journey into messages, one for each act that the system records; it sees
no state, no truth, and nothing that happened later. An act is told a few seconds
after it was done. A bill is not its business: it posts charges and stops there.
"""

from collections.abc import Iterator
from typing import NamedTuple

from orchestration.simulator.hl7v2_writer import (
    Sender,
    patient_segment,
    person,
    segment,
)
from orchestration.simulator.journey import Charge, Document, Journey

_UPDATED_AFTER_SECONDS = 900
_UPDATED_ONE_IN = 3
NOTE = "PN"


class Message(NamedTuple):
    """One message and when it was sent."""

    sent_at: int
    control_id: str
    text: str


class Observer:
    """Tells of one encounter up to a time, in the order in which it happened."""

    def __init__(self, journey: Journey, at: int, *, has_offsets: bool = True) -> None:
        self._journey = journey
        self._at = at
        self._sender = Sender(journey.facility, has_offsets)
        self._patient = patient_segment(journey.patient)
        self._booked = self._visit_segment()
        arrived_at = journey.arrived_at
        came = {44: self._sender.time(arrived_at)} if arrived_at <= at else {}
        self._visit = self._visit_segment(came)

    def messages(self) -> Iterator[Message]:
        """Yield every message that was sent by the time."""
        yield from self._appointment()
        yield from self._visit_messages()
        for document in self._journey.documents_at(self._at):
            yield from self._note(document)
        yield from self._charges()

    def _message(self, kind: str, event: str, when: int, *body: str) -> Message:
        sent_at = min(when + self._journey.recording_seconds, self._at)
        control_id = f"{self._journey.index:07d}{event}{when % 100_000_000:08d}"
        text = self._sender.message(kind, event, sent_at, control_id, body)
        return Message(sent_at, control_id, text)

    def _event(self, event: str, when: int) -> str:
        recorded = min(when + self._journey.recording_seconds, self._at)
        fields = {1: event, 2: self._sender.time(recorded), 6: self._sender.time(when)}
        return segment("EVN", fields)

    def _visit_segment(self, course: dict[int, str] | None = None) -> str:
        """Return the visit (PV1), with the times of its course so far."""
        journey = self._journey
        fields = {
            1: "1",
            2: "O",
            3: f"CLINIC^^^{journey.facility.facility_id}",
            7: person(journey.provider),
            10: journey.visit_type.code,
            19: journey.encounter_id,
            **(course or {}),
        }
        return segment("PV1", fields)

    # The calendar.

    def _appointment(self) -> Iterator[Message]:
        journey = self._journey
        steps = (
            (journey.booked_at, "S12", "Booked"),
            (journey.cancelled_at, "S15", "Cancelled"),
            (journey.noshow_at, "S26", "Noshow"),
            (journey.ended_at, "S14", "Complete"),
        )
        for when, event, word in steps:
            if when <= self._at:
                yield self._message("SIU", event, when, *self._schedule(word))

    def _schedule(self, status: str) -> tuple[str, ...]:
        journey = self._journey
        start = self._sender.time(journey.scheduled_for)
        end = self._sender.time(journey.planned_end)
        minutes = str(journey.visit_type.minutes)
        timing = f"^^{minutes}^{start}^{end}"
        identifier = f"A-{journey.index:07d}"
        plan = {1: identifier, 2: identifier, 6: "BOOK", 11: timing, 25: status}
        service = {1: "1", 3: journey.visit_type.code, 4: start, 7: minutes, 8: "MIN"}
        place = {1: "1", 3: journey.facility.facility_id, 6: start}
        return (
            segment("SCH", plan),
            self._patient,
            self._booked,
            "RGS|1",
            segment("AIS", service),
            segment("AIL", place),
            segment("AIP", {1: "1", 3: person(journey.provider), 6: start}),
        )

    # The visit.

    def _visit_messages(self) -> Iterator[Message]:
        journey = self._journey
        steps = (
            (journey.booked_at, "A05", self._booked),
            (journey.cancelled_at, "A38", self._booked),
            (journey.noshow_at, "A38", self._booked),
            (journey.arrived_at, "A04", self._visit),
            (journey.started_at, "A01", self._visit),
        )
        for when, event, visit in steps:
            if when <= self._at:
                yield self._visit_message(event, when, visit)
        if journey.ended_at > self._at:
            return
        course = {
            44: self._sender.time(journey.arrived_at),
            45: self._sender.time(journey.ended_at),
        }
        left = self._visit_segment(course)
        yield self._visit_message("A03", journey.ended_at, left)
        updated_at = journey.ended_at + _UPDATED_AFTER_SECONDS
        if journey.index % _UPDATED_ONE_IN == 0 and updated_at <= self._at:
            yield self._visit_message("A08", updated_at, left)

    def _visit_message(self, event: str, when: int, visit: str) -> Message:
        expected = segment("PV2", {8: self._sender.time(self._journey.scheduled_for)})
        happened = self._event(event, when)
        return self._message(
            "ADT", event, when, happened, self._patient, visit, expected
        )

    # The note.

    def _note(self, document: Document) -> Iterator[Message]:
        begun = "T09" if document.replaces_id else "T02"
        yield self._document(begun, document.started_at, document, "IP", "")
        signed, cosigned = document.signed_at, document.cosigned_at
        if signed > self._at:
            return
        author = person(self._journey.provider, self._sender.time(signed))
        is_last = self._journey.cosigner is None
        status = "LA" if is_last else "AU"
        yield self._document("T04", signed, document, status, author)
        if self._journey.cosigner is not None and cosigned <= self._at:
            second = person(self._journey.cosigner, self._sender.time(cosigned))
            both = f"{author}~{second}"
            yield self._document("T04", cosigned, document, "LA", both)

    def _document(
        self, event: str, when: int, document: Document, status: str, signers: str
    ) -> Message:
        author, cosigner = self._journey.provider, self._journey.cosigner
        fields = {
            1: "1",
            2: NOTE,
            3: "TX",
            4: self._sender.time(self._journey.started_at),
            6: self._sender.time(document.started_at),
            9: person(author),
            10: person(cosigner or author),
            12: document.document_id,
            13: document.replaces_id,
            17: status,
            19: "AV",
            22: signers,
        }
        happened = self._event(event, when)
        notice = segment("TXA", fields)
        return self._message(
            "MDM", event, when, happened, self._patient, self._visit, notice
        )

    # The charges.

    def _charges(self) -> Iterator[Message]:
        """Post each charging session when its last line is in."""
        lines = self._journey.charges_at(self._at)
        if not lines:
            return
        posted_at = max(line.entered_at for line in lines)
        transactions = [
            self._transaction(number, line, "CG")
            for number, line in enumerate(lines, start=1)
        ]
        happened = self._event("P03", posted_at)
        body = (happened, self._patient, self._visit, *transactions)
        yield self._message("DFT", "P03", posted_at, *body)

    def _transaction(self, number: int, charge: Charge, kind: str) -> str:
        journey = self._journey
        fields = {
            1: str(number),
            2: charge.charge_id,
            4: self._sender.time(journey.started_at),
            5: self._sender.time(charge.entered_at),
            6: kind,
            7: charge.code,
            10: str(charge.units),
            11: f"{charge.amount_cents / 100:.2f}",
            20: person(journey.provider),
            25: charge.code,
            26: charge.modifier,
        }
        return segment("FT1", fields)
