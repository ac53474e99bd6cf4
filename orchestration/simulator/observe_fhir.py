"""What an EHR that exports FHIR R4 knows of a visit at the time of the export.

Turns a journey into resources; it sees no state, no truth, and nothing that
happened after the export. Local times carry the offset of the facility.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from orchestration.simulator.journey import Charge, Document, Journey
from orchestration.simulator.practice import Facility, Provider

Resource = dict[str, Any]

BASE_URL = "https://fhir.testpractice.example/r4"
VISIT_TYPE_SYSTEM = "urn:chartgap:simulator:visit-type"
CONTROL_NUMBER_SYSTEM = "urn:chartgap:simulator:patient-control-number"
ACT_CODE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PARTICIPATION_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
CPT_SYSTEM = "http://www.ama-assn.org/go/cpt"
SIGNATURE_SYSTEM = "urn:iso-astm:E1762-95:2013"
AUTHOR_SIGNATURE = "1.2.840.10065.1.12.1.1"
VERIFICATION_SIGNATURE = "1.2.840.10065.1.12.1.5"
PROGRESS_NOTE = {"system": "http://loinc.org", "code": "11506-3"}


def observe(journey: Journey, at: int) -> Iterator[Resource]:
    """Yield the resources of one encounter as they stand at a time."""
    if journey.booked_at > at:
        return
    yield _appointment(journey, at)
    yield _encounter(journey, at)
    for document in journey.documents_at(at):
        yield _document_reference(journey, document, at)
        if document.signed_at <= at:
            yield _signature(journey, document, journey.provider, at)
        if journey.cosigner and document.cosigned_at <= at:
            yield _signature(journey, document, journey.cosigner, at)
    for charge in journey.charges_at(at):
        yield _charge_item(journey, charge, at)
    if journey.claim_created_at <= at:
        yield _claim(journey)


def local(facility: Facility, at: int) -> str:
    """Return a time as the facility's clock shows it, with its offset."""
    return datetime.fromtimestamp(at, facility.zone).isoformat()


def reference(kind: str, identifier: str) -> dict[str, str]:
    """Return a relative reference to a resource."""
    return {"reference": f"{kind}/{identifier}"}


def _meta(journey: Journey, version: int, changed_at: int) -> dict[str, str]:
    updated = local(journey.facility, changed_at)
    return {"versionId": str(version), "lastUpdated": updated}


def _last_change(at: int, *changes: int) -> tuple[int, int]:
    """Return version number and time of the newest change up to a time."""
    seen = [change for change in changes if change <= at]
    return len(seen), max(seen)


def _encounter_reference(journey: Journey) -> dict[str, str]:
    """Point to the encounter, now and then by its absolute address."""
    relative = f"Encounter/{journey.encounter_id}"
    if journey.index % 10:
        return {"reference": relative}
    return {"reference": f"{BASE_URL}/{relative}"}


def _patient(journey: Journey) -> dict[str, str]:
    return reference("Patient", journey.patient.patient_id)


def _practitioner(provider: Provider) -> dict[str, str]:
    return reference("Practitioner", provider.provider_id)


def _appointment(journey: Journey, at: int) -> Resource:
    ends = (journey.cancelled_at, journey.noshow_at, journey.ended_at)
    words = ("cancelled", "noshow", "fulfilled")
    reached = [word for end, word in zip(ends, words, strict=True) if end <= at]
    version, changed_at = _last_change(at, journey.booked_at, *ends)
    facility = journey.facility
    actors = (
        _patient(journey),
        _practitioner(journey.provider),
        reference("Location", f"loc-{facility.facility_id}"),
    )
    return {
        "resourceType": "Appointment",
        "id": f"A-{journey.index:07d}",
        "meta": _meta(journey, version, changed_at),
        "status": reached[0] if reached else "booked",
        "start": local(facility, journey.scheduled_for),
        "end": local(facility, journey.planned_end),
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
    version, changed_at = _last_change(
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
        "meta": _meta(journey, version, changed_at),
        "status": _encounter_status(journey, at),
        "class": {
            "system": ACT_CODE_SYSTEM,
            "code": "VR" if visit_type.is_virtual else "AMB",
        },
        "type": [{"coding": [{"system": VISIT_TYPE_SYSTEM, "code": visit_type.code}]}],
        "subject": _patient(journey),
        "participant": [
            {
                "type": [
                    {"coding": [{"system": PARTICIPATION_SYSTEM, "code": "PPRF"}]}
                ],
                "individual": _practitioner(journey.provider),
            }
        ],
        "appointment": [reference("Appointment", f"A-{journey.index:07d}")],
        "serviceProvider": reference("Organization", f"org-{facility.facility_id}"),
        "location": [
            {"location": reference("Location", f"loc-{facility.facility_id}")}
        ],
    }
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


def _document_reference(journey: Journey, document: Document, at: int) -> Resource:
    facility = journey.facility
    made_at = min(document.started_at + journey.recording_seconds, at)
    version, changed_at = _last_change(
        at,
        document.started_at,
        document.signed_at,
        document.cosigned_at,
        document.replaced_at,
    )
    resource: Resource = {
        "resourceType": "DocumentReference",
        "id": document.document_id,
        "meta": _meta(journey, version, max(changed_at, made_at)),
        "status": "superseded" if document.replaced_at <= at else "current",
        "docStatus": "final" if document.signed_at <= at else "preliminary",
        "type": {"coding": [PROGRESS_NOTE]},
        "subject": _patient(journey),
        "date": local(facility, made_at),
        "author": [_practitioner(journey.provider)],
        "content": [{"attachment": {"contentType": "text/plain"}}],
        "context": {"encounter": [_encounter_reference(journey)]},
    }
    if journey.cosigner:
        resource["authenticator"] = _practitioner(journey.cosigner)
    if document.replaces_id:
        target = reference("DocumentReference", document.replaces_id)
        resource["relatesTo"] = [{"code": "replaces", "target": target}]
    return resource


def _signature(
    journey: Journey, document: Document, signer: Provider, at: int
) -> Resource:
    is_author = signer is journey.provider
    when = document.signed_at if is_author else document.cosigned_at
    who = _practitioner(signer)
    recorded_at = min(when + journey.recording_seconds, at)
    code = AUTHOR_SIGNATURE if is_author else VERIFICATION_SIGNATURE
    return {
        "resourceType": "Provenance",
        "id": f"{document.document_id}-{'author' if is_author else 'cosigner'}",
        "meta": _meta(journey, 1, recorded_at),
        "target": [reference("DocumentReference", document.document_id)],
        "recorded": local(journey.facility, recorded_at),
        "agent": [{"who": who}],
        "signature": [
            {
                "type": [{"system": SIGNATURE_SYSTEM, "code": code}],
                "when": local(journey.facility, when),
                "who": who,
            }
        ],
    }


def _charge_item(journey: Journey, charge: Charge, at: int) -> Resource:
    facility = journey.facility
    version, changed_at = _last_change(at, charge.entered_at, journey.claim_created_at)
    code: Resource = {"coding": [{"system": CPT_SYSTEM, "code": charge.code}]}
    resource: Resource = {
        "resourceType": "ChargeItem",
        "id": charge.charge_id,
        "meta": _meta(journey, version, changed_at),
        "status": "billed" if journey.claim_created_at <= at else "billable",
        "code": code,
        "subject": _patient(journey),
        "context": _encounter_reference(journey),
        "occurrenceDateTime": local(facility, journey.started_at),
        "enteredDate": local(facility, charge.entered_at),
        "quantity": {"value": charge.units},
        "priceOverride": dollars(charge.amount_cents),
    }
    return resource


def dollars(cents: int) -> Resource:
    """Return an amount as FHIR Money."""
    return {"value": cents / 100, "currency": "USD"}


def _claim(journey: Journey) -> Resource:
    facility, payer = journey.facility, journey.patient.payer
    items = [
        {
            "sequence": sequence,
            "productOrService": {
                "coding": [{"system": CPT_SYSTEM, "code": charge.code}]
            },
            "servicedDate": journey.service_date,
            "quantity": {"value": charge.units},
            "net": dollars(charge.amount_cents),
            "encounter": [_encounter_reference(journey)],
        }
        for sequence, charge in enumerate(journey.charges, start=1)
    ]
    coverage = reference("Coverage", f"cov-{journey.patient.patient_id}")
    control = {
        "system": CONTROL_NUMBER_SYSTEM,
        "value": journey.patient_control_number,
    }
    return {
        "resourceType": "Claim",
        "id": journey.claim_id,
        "meta": _meta(journey, 1, journey.claim_created_at),
        "identifier": [control],
        "status": "active",
        "type": {"coding": [{"code": "professional"}]},
        "use": "claim",
        "patient": _patient(journey),
        "created": local(facility, journey.claim_created_at),
        "insurer": reference("Organization", payer.fhir_id),
        "provider": reference("Organization", f"org-{facility.facility_id}"),
        "priority": {"coding": [{"code": "normal"}]},
        "insurance": [{"sequence": 1, "focal": True, "coverage": coverage}],
        "item": items,
        "total": dollars(journey.amount_cents),
    }
