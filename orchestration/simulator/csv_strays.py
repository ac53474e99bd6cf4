"""Rows of flat feeds that lead nowhere: taken back, or about visits that never were."""

from collections.abc import Iterator

from orchestration.simulator.journey import Journey
from orchestration.simulator.output import iso_utc
from orchestration.simulator.strays import stray_appointment, stray_charge

Stray = tuple[str, tuple[object, ...]]


def stray_rows(journey: Journey, at: int) -> Iterator[Stray]:
    """Yield feed and row of everything beside the encounter that leads nowhere."""
    if journey.ended_at > at:
        return
    if "entered_in_error" in journey.quirks:
        yield from _taken_back(journey)
    appointment = stray_appointment(journey, at)
    if appointment:
        yield "appointments", _kept(journey, *appointment)
    charge = stray_charge(journey, at)
    if charge:
        yield "charges", _charge(journey, *charge, "billable")


def _taken_back(journey: Journey) -> Iterator[Stray]:
    """Yield a visit, a note and a charge that were put in by mistake."""
    made = iso_utc(journey.ended_at)
    who = (
        journey.patient.patient_id,
        journey.provider.npi,
        journey.facility.facility_id,
        journey.patient.payer.csv_id,
        journey.visit_type.code,
        "AMB",
    )
    times = (iso_utc(journey.scheduled_for), "", "", "", made)
    visit = f"{journey.encounter_id}-X"
    yield "encounters", (visit, *who, "entered-in-error", *times)
    note = (f"D-{journey.index:07d}-8", journey.encounter_id, "progress_note")
    signing = (journey.provider.npi, made, "", "false", "", "", "", made)
    yield "documents", (*note, "entered-in-error", *signing)
    name, visit = f"CH-{journey.index:07d}-X", journey.encounter_id
    entered = journey.ended_at + 60
    yield "charges", _charge(journey, name, visit, entered, "entered-in-error")


def _charge(
    journey: Journey, name: str, encounter_id: str, entered_at: int, status: str
) -> tuple[object, ...]:
    entered = iso_utc(entered_at)
    what = (name, encounter_id, "99211", "", 1, "50.00", journey.service_date)
    return (*what, entered, status, "professional", entered)


def _kept(
    journey: Journey, name: str, start_at: int, kept_at: int
) -> tuple[object, ...]:
    return (
        name,
        "",
        journey.patient.patient_id,
        journey.provider.npi,
        journey.facility.facility_id,
        "fulfilled",
        iso_utc(start_at),
        iso_utc(start_at + 1200),
        iso_utc(journey.booked_at),
        iso_utc(kept_at),
    )
