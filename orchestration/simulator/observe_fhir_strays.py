"""Resources that lead nowhere: taken back, or about visits that never were."""

from collections.abc import Iterator

from orchestration.simulator.fhir_writer import (
    Resource,
    dollars,
    encounter_of,
    local,
    meta,
    patient_of,
    practitioner,
    reference,
)
from orchestration.simulator.journey import Journey
from orchestration.simulator.strays import stray_appointment, stray_charge

ERROR = "entered-in-error"


def stray_resources(journey: Journey, at: int) -> Iterator[Resource]:
    """Yield everything beside the encounter that leads nowhere."""
    if "entered_in_error" in journey.quirks and journey.ended_at <= at:
        yield from _taken_back(journey)
    appointment = stray_appointment(journey, at)
    if appointment:
        yield _kept(journey, *appointment)
    charge = stray_charge(journey, at)
    if charge:
        name, visit, entered_at = charge
        yield _charge(journey, name, visit, entered_at, "billable")


def _taken_back(journey: Journey) -> Iterator[Resource]:
    made_at = journey.ended_at
    yield {
        "resourceType": "Encounter",
        "id": f"{journey.encounter_id}-X",
        "meta": meta(journey, 2, made_at),
        "status": ERROR,
        "class": {"code": "AMB"},
        "subject": patient_of(journey),
    }
    yield {
        "resourceType": "DocumentReference",
        "id": f"D-{journey.index:07d}-8",
        "meta": meta(journey, 2, made_at),
        "status": ERROR,
        "docStatus": ERROR,
        "subject": patient_of(journey),
        "date": local(journey.facility, made_at),
        "author": [practitioner(journey.provider)],
        "content": [{"attachment": {"contentType": "text/plain"}}],
        "context": {"encounter": [encounter_of(journey.encounter_id)]},
    }
    name, visit = f"CH-{journey.index:07d}-X", journey.encounter_id
    yield _charge(journey, name, visit, made_at + 60, ERROR)


def _charge(
    journey: Journey, name: str, encounter_id: str, entered_at: int, status: str
) -> Resource:
    return {
        "resourceType": "ChargeItem",
        "id": name,
        "meta": meta(journey, 1, entered_at),
        "status": status,
        "code": {"coding": [{"code": "99211"}]},
        "subject": patient_of(journey),
        "context": encounter_of(encounter_id),
        "enteredDate": local(journey.facility, entered_at),
        "quantity": {"value": 1},
        "priceOverride": dollars(5000),
    }


def _kept(journey: Journey, name: str, start_at: int, kept_at: int) -> Resource:
    facility = journey.facility
    actors = (
        patient_of(journey),
        practitioner(journey.provider),
        reference("Location", f"loc-{facility.facility_id}"),
    )
    return {
        "resourceType": "Appointment",
        "id": name,
        "meta": meta(journey, 2, kept_at),
        "status": "fulfilled",
        "start": local(facility, start_at),
        "end": local(facility, start_at + 1200),
        "created": local(facility, journey.booked_at),
        "participant": [{"actor": actor, "status": "accepted"} for actor in actors],
    }
