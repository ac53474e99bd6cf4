"""What systems with flat extracts know at the time of the extract.

Yields the rows of the canonical CSV feeds: all of them for an EHR that has no other
format, claims and directory for a billing system beside an EHR that sends HL7 v2,
and the work of coders and of who holds a bill back for everybody. It sees no state,
no truth, and nothing that happened after the extract.
"""

from collections.abc import Iterator

from orchestration.simulator.csv_rows import Extract, Row
from orchestration.simulator.csv_strays import stray_rows
from orchestration.simulator.insurance import Insurance
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import iso_utc
from orchestration.simulator.practice import FHIR, Patient, Practice

# The name of a feed, and a row of it.
CsvRow = tuple[str, Row]


def encounter_rows(journey: Journey, at: int) -> Iterator[CsvRow]:
    """Yield what an EHR and all beside it know of one encounter."""
    if journey.booked_at > at:
        return
    shown = Extract(journey, at)
    if not journey.is_walk_in:
        yield "appointments", shown.appointment()
    yield "encounters", shown.encounter()
    for row in shown.documents():
        yield "documents", row
    for row in shown.charges():
        yield "charges", row
    for row in shown.answers():
        yield "claim_statuses", row
    yield from stray_rows(journey, at)
    yield from claim_rows(journey, at)
    yield from work_rows(journey, at)


def claim_rows(journey: Journey, at: int) -> Iterator[CsvRow]:
    """Yield what the billing system knows of the claims of an encounter."""
    for row in Extract(journey, at).claims():
        yield "claims", row


def work_rows(journey: Journey, at: int) -> Iterator[CsvRow]:
    """Yield what coders do and ask, and what holds the bill back."""
    shown = Extract(journey, at)
    for row in shown.holds():
        yield "holds", row
    for row in shown.coding():
        yield "coding", row
    for row in shown.queries():
        yield "queries", row


def patient_rows(patient: Patient, insurance: Insurance, at: int) -> Iterator[CsvRow]:
    """Yield the insurance of a patient."""
    for one in insurance.known_at(at):
        yield (
            "coverages",
            (
                one.coverage_id,
                patient.patient_id,
                patient.payer.csv_id,
                f"M{patient.number:07d}",
                one.starts_on,
                one.ends_on,
                iso_utc(one.recorded_at),
            ),
        )


def directory_rows(practice: Practice, changed_at: int) -> Iterator[CsvRow]:
    """Yield places, people and payers, all last changed at one time."""
    updated = iso_utc(changed_at)
    for place in practice.facilities:
        if place.system == FHIR:
            continue
        where = (place.facility_id, place.name, place.zone_name, updated)
        yield "facilities", where
        for one in (*practice.staff_of(place), practice.student_of(place)):
            who = (one.npi, one.name, one.specialty, one.role, updated)
            yield "providers", who
    for payer in practice.all_payers:
        yield "payers", (payer.csv_id, payer.name, payer.payer_type, updated)
