"""What systems with flat extracts deliver at the time of the extract.

Writes the canonical CSV feeds: all of them for an EHR that has no other format,
claims and directory for a billing system beside an EHR that sends HL7 v2, and the
work of coders and of who holds a bill back for everybody. It sees no state, no
truth, and nothing that happened after the extract.
"""

from pathlib import Path

from orchestration.simulator.csv_columns import COLUMNS
from orchestration.simulator.csv_rows import Extract
from orchestration.simulator.csv_strays import stray_rows
from orchestration.simulator.insurance import Insurance
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import Table, iso_utc
from orchestration.simulator.practice import FHIR, Patient, Practice


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
        shown = Extract(journey, self._at)
        if not journey.is_walk_in:
            self._tables["appointments"].row(shown.appointment())
        self._tables["encounters"].row(shown.encounter())
        for row in shown.documents():
            self._tables["documents"].row(row)
        for row in shown.charges():
            self._tables["charges"].row(row)
        for row in shown.answers():
            self._tables["claim_statuses"].row(row)
        for feed, row in stray_rows(journey, self._at):
            self._tables[feed].row(row)
        self.add_claims(journey)
        self.add_work(journey)

    def add_claims(self, journey: Journey) -> None:
        """Write what the billing system knows of the claims of an encounter."""
        for row in Extract(journey, self._at).claims():
            self._tables["claims"].row(row)

    def add_work(self, journey: Journey) -> None:
        """Write what coders do and ask, and what holds the bill back."""
        shown = Extract(journey, self._at)
        for row in shown.holds():
            self._tables["holds"].row(row)
        for row in shown.coding():
            self._tables["coding"].row(row)
        for row in shown.queries():
            self._tables["queries"].row(row)

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
        for payer in practice.all_payers:
            self._tables["payers"].row(
                (payer.csv_id, payer.name, payer.payer_type, updated)
            )

    def close(self) -> None:
        """Finish the files."""
        for table in self._tables.values():
            table.close()
