"""What systems with flat extracts know of a visit at the time of the extract.

Writes the canonical CSV feeds: all of them for an EHR that has no other format,
claims and directory for a billing system beside an EHR that sends HL7 v2, and the
work of coders and of who holds a bill back for everybody. It sees no state, no
truth, and nothing that happened after the extract. Times are UTC.
"""

from pathlib import Path

from orchestration.simulator.billing import VOID, Charge, Claim
from orchestration.simulator.csv_columns import COLUMNS, DOCUMENT_TYPES
from orchestration.simulator.insurance import Insurance
from orchestration.simulator.journey import NOTE, Document, Journey
from orchestration.simulator.output import Table, iso_utc, money
from orchestration.simulator.practice import CSV, FHIR, Patient, Practice
from orchestration.simulator.runs import NEVER
from orchestration.simulator.words import (
    appointment_status,
    billed_at,
    charge_status,
)

_INFORMATION_ASKED = ("P3", "123", "PR")


class CsvExtract:
    """One delivery of the flat feeds, as of one time in seconds since 1970."""

    def __init__(self, folder: Path, prefix: str, at: int) -> None:
        self._at = at
        self._tables = {
            feed: Table(
                folder / f"{prefix}-{feed}.csv",
                columns.split(","),
                # One feed of the delivery was set up by someone else.
                delimiter=";" if feed == "charges" else ",",
                byte_order_mark=feed == "charges",
            )
            for feed, columns in COLUMNS.items()
        }

    def add(self, journey: Journey) -> None:
        """Write what an EHR and all beside it know of one encounter."""
        if journey.booked_at > self._at:
            return
        if not journey.is_walk_in:
            self._appointment(journey)
        self._encounter(journey)
        for document in journey.documents_at(self._at):
            self._document(journey, document)
        for charge in journey.charges:
            if min(charge.entered_at, charge.routed_at) <= self._at:
                self._charge(journey, charge)
        self.add_claims(journey)
        self._answers(journey)
        self.add_work(journey)

    def add_claims(self, journey: Journey) -> None:
        """Write what the billing system knows of the claims of an encounter."""
        for claim in journey.claims:
            if not claim.is_report and claim.created_at <= self._at:
                self._claim(journey, claim)

    def add_work(self, journey: Journey) -> None:
        """Write what coders do and ask, and what holds the bill back."""
        for hold in journey.holds:
            if hold.started_at <= self._at:
                span = (iso_utc(hold.started_at), self._seen(hold.ended_at))
                what = (hold.hold_id, journey.encounter_id, hold.hold_type, hold.reason)
                self._tables["holds"].row((*what, *span))
        task, query = journey.coding, journey.query
        if task is not None and task.started_at <= self._at:
            is_done = task.completed_at <= self._at
            self._tables["coding"].row(
                (
                    task.coding_id,
                    journey.encounter_id,
                    "completed" if is_done else "open",
                    iso_utc(task.started_at),
                    self._seen(task.completed_at),
                    self._updated(task.started_at, task.completed_at),
                )
            )
        if query is not None and query.opened_at <= self._at:
            times = (query.opened_at, query.answered_at, query.closed_at)
            seen = [self._seen(when) for when in times]
            last = self._updated(*times)
            self._tables["queries"].row(
                (query.query_id, journey.encounter_id, *seen, last)
            )

    def add_patient(self, patient: Patient, insurance: Insurance) -> None:
        """Write the insurance of a patient."""
        for one in insurance.known_at(self._at):
            self._tables["coverages"].row(
                (
                    one.coverage_id,
                    patient.patient_id,
                    patient.payer.csv_id,
                    f"M{patient.number:07d}",
                    one.starts_on,
                    one.ends_on,
                    iso_utc(one.recorded_at),
                )
            )

    def add_directory(self, practice: Practice, changed_at: int) -> None:
        """Write places, people and payers, all last changed at one time."""
        updated = iso_utc(changed_at)
        facilities = [place for place in practice.facilities if place.system != FHIR]
        for facility in facilities:
            self._tables["facilities"].row(
                (facility.facility_id, facility.name, facility.zone_name, updated)
            )
            staff = (*practice.staff_of(facility), practice.student_of(facility))
            for provider in staff:
                self._tables["providers"].row(
                    (
                        provider.npi,
                        provider.name,
                        provider.specialty,
                        provider.role,
                        updated,
                    )
                )
        for payer in practice.payers:
            self._tables["payers"].row(
                (payer.csv_id, payer.name, payer.payer_type, updated)
            )

    def close(self) -> None:
        """Finish the files."""
        for table in self._tables.values():
            table.close()

    def _seen(self, when: int) -> str:
        return iso_utc(when) if when <= self._at else ""

    def _updated(self, *changes: int) -> str:
        return iso_utc(max(change for change in changes if change <= self._at))

    def _status(self, journey: Journey) -> str:
        steps = (
            (journey.cancelled_at, "cancelled"),
            (journey.noshow_at, "noshow"),
            (journey.ended_at, "finished"),
            (journey.started_at, "in-progress"),
            (journey.arrived_at, "arrived"),
        )
        return next((word for when, word in steps if when <= self._at), "planned")

    def _appointment(self, journey: Journey) -> None:
        _, changed_at, word = appointment_status(journey, self._at)
        planned = journey.planned_for_at(self._at)
        self._tables["appointments"].row(
            (
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
        )

    def _encounter(self, journey: Journey) -> None:
        planned = iso_utc(journey.planned_for_at(self._at))
        self._tables["encounters"].row(
            (
                journey.encounter_id,
                journey.patient.patient_id,
                journey.provider.npi,
                journey.facility.facility_id,
                journey.patient.payer.csv_id,
                journey.visit_type.code,
                "VR" if journey.visit_type.is_virtual else "AMB",
                self._status(journey),
                "" if journey.is_walk_in else planned,
                self._seen(journey.arrived_at),
                self._seen(journey.started_at),
                self._seen(journey.ended_at),
                self._updated(
                    journey.booked_at,
                    journey.moved_at,
                    journey.cancelled_at,
                    journey.noshow_at,
                    journey.arrived_at,
                    journey.started_at,
                    journey.ended_at,
                ),
            )
        )

    def _document(self, journey: Journey, document: Document) -> None:
        status = "final" if document.signed_at <= self._at else "preliminary"
        if document.replaced_at <= self._at:
            status = "superseded"
        is_cosigned = document.cosigned_at <= self._at
        second = journey.cosigner or journey.provider
        needs_second = journey.cosigner is not None and document.kind == NOTE
        self._tables["documents"].row(
            (
                document.document_id,
                journey.encounter_id,
                DOCUMENT_TYPES[document.kind],
                status,
                document.author.npi,
                iso_utc(document.started_at),
                self._seen(document.signed_at),
                "true" if needs_second else "false",
                second.npi if is_cosigned else "",
                self._seen(document.cosigned_at),
                document.replaces_id,
                self._updated(
                    document.started_at,
                    document.signed_at,
                    document.cosigned_at,
                    document.replaced_at,
                ),
            )
        )

    def _charge(self, journey: Journey, charge: Charge) -> None:
        seen_at = min(charge.entered_at, charge.routed_at)
        self._tables["charges"].row(
            (
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
                self._updated(
                    seen_at,
                    charge.entered_at,
                    charge.credited_at,
                    billed_at(journey, charge),
                ),
            )
        )

    def _claim(self, journey: Journey, claim: Claim) -> None:
        # A joint claim has a row for each visit; the number of the claim joins them.
        place = claim.encounter_ids.index(journey.encounter_id)
        is_taken_back = any(
            one.frequency == VOID
            and one.replaces is claim
            and one.created_at <= self._at
            for one in journey.claims
        )
        # The billing module keeps no time of sending; the 837 is the proof.
        self._tables["claims"].row(
            (
                f"{claim.claim_id}-V{place + 1}" if place else claim.claim_id,
                journey.encounter_id,
                claim.control_number,
                claim.frequency,
                claim.replaces.claim_id if claim.replaces else "",
                journey.patient.payer.csv_id,
                money(claim.amount_cents),
                iso_utc(claim.created_at),
                "",
                "cancelled" if is_taken_back else "active",
            )
        )

    def _answers(self, journey: Journey) -> None:
        """Write what clearinghouse and payer said of the claims."""
        if journey.facility.system != CSV:
            return
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
                    values = (claim.claim_id, category, status, entity, iso_utc(when))
                    self._tables["claim_statuses"].row(values)
