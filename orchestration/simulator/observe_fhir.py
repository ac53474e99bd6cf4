"""What an EHR that exports FHIR R4 knows of a visit at the time of the export.

Turns a journey into resources: the calendar and the visit here, notes and bills
in modules of their own. It sees no state, no truth, and nothing that happened
after the export. Local times carry the offset of the facility.
"""

from collections.abc import Iterator

from orchestration.simulator.fhir_writer import (
    Resource,
    last_change,
    local,
    meta,
    patient_of,
    practitioner,
    reference,
)
from orchestration.simulator.journey import Journey
from orchestration.simulator.observe_fhir_billing import billing_resources
from orchestration.simulator.observe_fhir_notes import note_resources
from orchestration.simulator.observe_fhir_strays import stray_resources
from orchestration.simulator.words import appointment_status

VISIT_TYPE_SYSTEM = "urn:chartgap:simulator:visit-type"
ACT_CODE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PARTICIPATION_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"


def observe(journey: Journey, at: int) -> Iterator[Resource]:
    """Yield the resources of one encounter as they stand at a time."""
    if journey.booked_at > at:
        return
    if not journey.is_walk_in:
        yield _appointment(journey, at)
    yield _encounter(journey, at)
    yield from note_resources(journey, at)
    yield from billing_resources(journey, at)
    yield from stray_resources(journey, at)


def _appointment(journey: Journey, at: int) -> Resource:
    version, changed_at, word = appointment_status(journey, at)
    facility = journey.facility
    planned = journey.planned_for_at(at)
    actors = (
        patient_of(journey),
        practitioner(journey.provider),
        reference("Location", f"loc-{facility.facility_id}"),
    )
    return {
        "resourceType": "Appointment",
        "id": journey.appointment_id,
        "meta": meta(journey, version, changed_at),
        "status": word,
        "start": local(facility, planned),
        "end": local(facility, planned + 60 * journey.visit_type.minutes),
        "created": local(facility, journey.booked_at),
        "participant": [{"actor": actor, "status": "accepted"} for actor in actors],
    }


def _encounter_status(journey: Journey, at: int) -> str:
    if min(journey.cancelled_at, journey.noshow_at) <= at:
        return "cancelled"
    if journey.ended_at <= at:
        return "finished"
    if journey.started_at <= at:
        return "in-progress"
    return "arrived" if journey.arrived_at <= at else "planned"


def _period(journey: Journey, start: int, end: int, at: int) -> dict[str, str]:
    period = {"start": local(journey.facility, start)}
    if end <= at:
        period["end"] = local(journey.facility, end)
    return period


def _encounter(journey: Journey, at: int) -> Resource:
    visit_type, facility = journey.visit_type, journey.facility
    version, changed_at = last_change(
        at,
        journey.booked_at,
        journey.cancelled_at,
        journey.noshow_at,
        journey.arrived_at,
        journey.started_at,
        journey.ended_at,
    )
    encounter: Resource = {
        "resourceType": "Encounter",
        "id": journey.encounter_id,
        "meta": meta(journey, version, changed_at),
        "status": _encounter_status(journey, at),
        "class": {
            "system": ACT_CODE_SYSTEM,
            "code": "VR" if visit_type.is_virtual else "AMB",
        },
        "type": [{"coding": [{"system": VISIT_TYPE_SYSTEM, "code": visit_type.code}]}],
        "subject": patient_of(journey),
        "participant": [
            {
                "type": [
                    {"coding": [{"system": PARTICIPATION_SYSTEM, "code": "PPRF"}]}
                ],
                "individual": practitioner(journey.provider),
            }
        ],
        "serviceProvider": reference("Organization", f"org-{facility.facility_id}"),
        "location": [
            {"location": reference("Location", f"loc-{facility.facility_id}")}
        ],
    }
    if not journey.is_walk_in:
        encounter["appointment"] = [reference("Appointment", journey.appointment_id)]
    encounter.update(_course(journey, at))
    return encounter


def _course(journey: Journey, at: int) -> Resource:
    """Return status history and period, as far as the visit has got."""
    steps = (
        ("arrived", journey.arrived_at, journey.started_at),
        ("in-progress", journey.started_at, journey.ended_at),
    )
    reached = [
        {"status": status, "period": _period(journey, start, end, at)}
        for status, start, end in steps
        if start <= at
    ]
    course: Resource = {"statusHistory": reached} if reached else {}
    if journey.started_at <= at:
        course["period"] = _period(journey, journey.started_at, journey.ended_at, at)
    return course
