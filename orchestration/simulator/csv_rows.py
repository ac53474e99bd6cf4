"""The rows of the canonical CSV feeds: what an extract says at a time.

Times are UTC. Some systems are careless with time: they write a day for an
instant, or a day that means nothing, or a year that has not come.
"""

from collections.abc import Iterator
from datetime import datetime

from orchestration.simulator.billing import VOID, Charge, Claim
from orchestration.simulator.csv_columns import DOCUMENT_TYPES
from orchestration.simulator.journey import NOTE, Document, Journey
from orchestration.simulator.output import iso_utc, money
from orchestration.simulator.quirks import disordered_start, is_lost, mistaken_year
from orchestration.simulator.runs import NEVER
from orchestration.simulator.words import (
    appointment_status,
    billed_at,
    charge_status,
)

Row = tuple[object, ...]

_INFORMATION_ASKED = ("P3", "123", "PR")
_NOT_YET, _NEVER_SET = "9999-12-31T00:00:00Z", "1900-01-01"
_QUEUED_SECONDS = 9 * 3600


class Extract:
    """What one extract of an EHR with flat feeds shows of one encounter."""

    def __init__(self, journey: Journey, at: int) -> None:
        self._journey = journey
        self._at = at
        self._quirks = journey.quirks

    def seen(self, when: int, *, unknown: str = "") -> str:
        """Return a time when it has come, else what stands for one to come."""
        if when <= self._at:
            return iso_utc(when)
        return unknown if "sentinel_dates" in self._quirks else ""

    def day_or_time(self, when: int, *, unknown: str = "") -> str:
        """Return a time, or only its day where the system keeps no more."""
        if when <= self._at and "date_only_times" in self._quirks:
            local = datetime.fromtimestamp(when, self._journey.facility.zone)
            return local.date().isoformat()
        return self.seen(when, unknown=unknown)

    def updated(self, *changes: int) -> str:
        """Return when a record was last changed."""
        return iso_utc(max(change for change in changes if change <= self._at))

    def appointment(self) -> Row:
        """Return the appointment of the encounter."""
        journey = self._journey
        _, changed_at, word = appointment_status(journey, self._at)
        planned = journey.planned_for_at(self._at)
        return (
            journey.appointment_id,
            journey.encounter_id,
            journey.patient.patient_id,
            journey.provider.npi,
            journey.facility.facility_id,
            word,
            iso_utc(planned),
            iso_utc(planned + 60 * journey.visit_type.minutes),
            iso_utc(journey.booked_at),
            iso_utc(changed_at),
        )

    def encounter(self) -> Row:
        """Return the encounter itself."""
        journey = self._journey
        planned = iso_utc(journey.planned_for_at(self._at))
        started = disordered_start(journey, self._at)
        changes = (
            journey.booked_at,
            journey.moved_at,
            journey.cancelled_at,
            journey.noshow_at,
            journey.arrived_at,
            journey.started_at,
            journey.ended_at,
        )
        return (
            journey.encounter_id,
            journey.patient.patient_id,
            journey.provider.npi,
            journey.facility.facility_id,
            journey.patient.payer.csv_id,
            journey.visit_type.code,
            "VR" if journey.visit_type.is_virtual else "AMB",
            self._encounter_status(),
            "" if journey.is_walk_in else planned,
            self.seen(journey.arrived_at),
            iso_utc(started) if journey.started_at <= self._at else "",
            self.seen(journey.ended_at, unknown=_NOT_YET),
            self.updated(*changes),
        )

    def _encounter_status(self) -> str:
        journey = self._journey
        steps = (
            (journey.cancelled_at, "cancelled"),
            (journey.noshow_at, "noshow"),
            (journey.ended_at, "finished"),
            (journey.started_at, "in-progress"),
            (journey.arrived_at, "arrived"),
        )
        return next((word for when, word in steps if when <= self._at), "planned")

    def documents(self) -> Iterator[Row]:
        """Yield the documents of the encounter, unless their feed was down."""
        if is_lost(self._journey):
            return
        for document in self._journey.documents_at(self._at):
            yield self._document(document)

    def _document(self, document: Document) -> Row:
        journey = self._journey
        status = "final" if document.signed_at <= self._at else "preliminary"
        if document.replaced_at <= self._at:
            status = "superseded"
        is_cosigned = document.cosigned_at <= self._at
        second = journey.cosigner or journey.provider
        needs_second = journey.cosigner is not None and document.kind == NOTE
        signed = self.day_or_time(document.signed_at, unknown=_NOT_YET)
        changes = (
            document.started_at,
            document.signed_at,
            document.cosigned_at,
            document.replaced_at,
        )
        return (
            document.document_id,
            journey.encounter_id,
            DOCUMENT_TYPES[document.kind][journey.is_procedure],
            status,
            document.author.npi,
            self.day_or_time(document.started_at),
            mistaken_year(journey, document, signed),
            "true" if needs_second else "false",
            second.npi if is_cosigned else "",
            self.seen(document.cosigned_at, unknown=_NEVER_SET),
            document.replaces_id,
            self.updated(*changes),
        )

    def charges(self) -> Iterator[Row]:
        """Yield the charge lines of the encounter."""
        for charge in self._journey.charges:
            if min(charge.entered_at, charge.routed_at) <= self._at:
                yield self._charge(charge)

    def _charge(self, charge: Charge) -> Row:
        journey = self._journey
        seen_at = min(charge.entered_at, charge.routed_at)
        billed = billed_at(journey, charge)
        return (
            charge.charge_id,
            journey.encounter_id,
            charge.code,
            charge.modifier,
            charge.units,
            money(charge.amount_cents),
            charge.service_date,
            iso_utc(seen_at),
            charge_status(journey, charge, self._at),
            "professional" if charge.component == "professional" else "facility",
            self.updated(seen_at, charge.entered_at, charge.credited_at, billed),
        )

    def claims(self) -> Iterator[Row]:
        """Yield what the billing system knows of the claims of the encounter."""
        for claim in self._journey.claims:
            if not claim.is_report and claim.created_at <= self._at:
                yield self._claim(claim)

    def _claim(self, claim: Claim) -> Row:
        journey = self._journey
        # A joint claim has a row for each visit; the number of the claim joins them.
        place = claim.encounter_ids.index(journey.encounter_id)
        is_taken_back = any(
            one.frequency == VOID and one.replaces is claim and one.filed_at <= self._at
            for one in journey.claims
        )
        # The billing module keeps no time of sending, or that of its own queue.
        is_queued = "sources_disagree" in journey.quirks and claim.filed_at <= self._at
        sent = iso_utc(claim.filed_at - _QUEUED_SECONDS) if is_queued else ""
        return (
            f"{claim.claim_id}-V{place + 1}" if place else claim.claim_id,
            journey.encounter_id,
            claim.control_number,
            claim.frequency,
            claim.replaces.claim_id if claim.replaces else "",
            journey.patient.payer.csv_id,
            money(claim.amount_cents),
            iso_utc(claim.created_at),
            sent,
            "cancelled" if is_taken_back else "active",
        )

    def answers(self) -> Iterator[Row]:
        """Yield what clearinghouse and payer said of the claims."""
        journey = self._journey
        for claim in journey.claims:
            if claim.is_report or claim.encounter_ids[0] != journey.encounter_id:
                continue
            rows = [
                (one.at, one.category, one.status, one.entity)
                for sent in claim.submissions
                for one in sent.answers
            ]
            if claim.information_asked_at < NEVER:
                rows.append((claim.information_asked_at, *_INFORMATION_ASKED))
            for when, category, status, entity in rows:
                if when <= self._at:
                    yield claim.claim_id, category, status, entity, iso_utc(when)

    def holds(self) -> Iterator[Row]:
        """Yield what keeps the bill back."""
        for hold in self._journey.holds:
            if hold.started_at <= self._at:
                until = self.seen(hold.ended_at, unknown=_NOT_YET)
                what = (hold.hold_id, self._journey.encounter_id, hold.hold_type)
                yield (*what, hold.reason, iso_utc(hold.started_at), until)

    def coding(self) -> Iterator[Row]:
        """Yield the task of the coder."""
        task = self._journey.coding
        if task is not None and task.started_at <= self._at:
            yield (
                task.coding_id,
                self._journey.encounter_id,
                "completed" if task.completed_at <= self._at else "open",
                iso_utc(task.started_at),
                self.seen(task.completed_at),
                self.updated(task.started_at, task.completed_at),
            )

    def queries(self) -> Iterator[Row]:
        """Yield the question of the coder."""
        query = self._journey.query
        if query is not None and query.opened_at <= self._at:
            times = (query.opened_at, query.answered_at, query.closed_at)
            seen = [self.seen(when) for when in times]
            who = (query.query_id, self._journey.encounter_id)
            yield (*who, *seen, self.updated(*times))
