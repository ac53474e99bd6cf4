"""What systems with flat extracts know of a visit at the time of the extract.

Writes the canonical CSV feeds: all of them for an EHR that has no other format,
the claims and the directory for a billing system beside an EHR that sends HL7 v2.
It sees no state, no truth, and nothing that happened after the extract. Times are
UTC.
"""

from pathlib import Path

from orchestration.simulator.journey import Document, Journey
from orchestration.simulator.output import Table, iso_utc, money
from orchestration.simulator.practice import FHIR, Practice

COLUMNS = {
    "encounters": (
        "encounter_id,patient_id,provider_npi,facility_id,payer_id,visit_type,"
        "encounter_class,status,scheduled_for,arrived_at,started_at,ended_at,updated_at"
    ),
    "documents": (
        "document_id,encounter_id,document_type,status,author_npi,created_at,signed_at,"
        "cosign_required,cosigned_by_npi,cosigned_at,replaces_document_id,updated_at"
    ),
    "charges": (
        "charge_id,encounter_id,code,modifiers,units,amount,service_date,entered_at,"
        "status,component,updated_at"
    ),
    "claims": (
        "claim_id,encounter_id,patient_control_number,frequency_code,replaces_claim_id,"
        "payer_id,amount,created_at,submitted_at,status"
    ),
    "providers": "provider_npi,provider_name,specialty,role,updated_at",
    "facilities": "facility_id,facility_name,time_zone,updated_at",
    "payers": "payer_id,payer_name,payer_type,updated_at",
}


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
        """Write what is known of one encounter."""
        if journey.booked_at > self._at:
            return
        self._encounter(journey)
        for document in journey.documents_at(self._at):
            self._document(journey, document)
        self._charges(journey)
        self.add_claim(journey)

    def add_claim(self, journey: Journey) -> None:
        """Write what the billing system knows of the claim of an encounter."""
        if journey.claim_created_at <= self._at:
            self._claim(journey)

    def add_directory(self, practice: Practice, changed_at: int) -> None:
        """Write places, people and payers, all last changed at one time."""
        updated = iso_utc(changed_at)
        facilities = [place for place in practice.facilities if place.system != FHIR]
        for facility in facilities:
            self._tables["facilities"].row(
                (facility.facility_id, facility.name, facility.zone_name, updated)
            )
            for provider in practice.staff_of(facility):
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

    def _encounter(self, journey: Journey) -> None:
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
                iso_utc(journey.scheduled_for),
                self._seen(journey.arrived_at),
                self._seen(journey.started_at),
                self._seen(journey.ended_at),
                self._updated(
                    journey.booked_at,
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
        cosigner = journey.cosigner
        is_cosigned = cosigner is not None and document.cosigned_at <= self._at
        self._tables["documents"].row(
            (
                document.document_id,
                journey.encounter_id,
                "progress_note",
                status,
                journey.provider.npi,
                iso_utc(document.started_at),
                self._seen(document.signed_at),
                "true" if cosigner else "false",
                cosigner.npi if cosigner and is_cosigned else "",
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

    def _charges(self, journey: Journey) -> None:
        is_billed = journey.claim_created_at <= self._at
        for charge in journey.charges_at(self._at):
            self._tables["charges"].row(
                (
                    charge.charge_id,
                    journey.encounter_id,
                    charge.code,
                    charge.modifier,
                    charge.units,
                    money(charge.amount_cents),
                    journey.service_date,
                    iso_utc(charge.entered_at),
                    "billed" if is_billed else "billable",
                    "professional",
                    self._updated(charge.entered_at, journey.claim_created_at),
                )
            )

    def _claim(self, journey: Journey) -> None:
        # The billing module keeps no time of sending; the 837 is the proof.
        self._tables["claims"].row(
            (
                journey.claim_id,
                journey.encounter_id,
                journey.patient_control_number,
                "1",
                "",
                journey.patient.payer.csv_id,
                money(journey.amount_cents),
                iso_utc(journey.claim_created_at),
                "",
                "active",
            )
        )
