"""What an EHR that exports FHIR R4 knows of charges and claims at one time."""

from collections.abc import Iterator

from orchestration.simulator.billing import VOID, Charge, Claim
from orchestration.simulator.fhir_writer import (
    Resource,
    dollars,
    encounter_of,
    last_change,
    local,
    meta,
    patient_of,
    reference,
)
from orchestration.simulator.journey import Journey
from orchestration.simulator.runs import NEVER
from orchestration.simulator.words import billed_at, charge_status

CONTROL_NUMBER_SYSTEM = "urn:chartgap:simulator:patient-control-number"
CPT_SYSTEM = "http://www.ama-assn.org/go/cpt"
RELATED_CLAIM_SYSTEM = (
    "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"
)


def billing_resources(journey: Journey, at: int) -> Iterator[Resource]:
    """Yield charges and claims of one encounter; a joint claim comes once."""
    for charge in journey.charges:
        if min(charge.entered_at, charge.routed_at) <= at:
            yield _charge_item(journey, charge, at)
    for claim in journey.claims:
        is_own = claim.encounter_ids[0] == journey.encounter_id
        is_told = not claim.is_report and claim.frequency != VOID
        if is_own and is_told and claim.created_at <= at:
            yield _claim(journey, claim, at)


def _charge_item(journey: Journey, charge: Charge, at: int) -> Resource:
    facility = journey.facility
    seen_at = min(charge.entered_at, charge.routed_at)
    changes = {seen_at, charge.entered_at, charge.credited_at}
    version, changed_at = last_change(at, *changes, billed_at(journey, charge))
    cared_at = (
        journey.started_at if journey.started_at < NEVER else journey.scheduled_for
    )
    return {
        "resourceType": "ChargeItem",
        "id": charge.charge_id,
        "meta": meta(journey, version, changed_at),
        "status": charge_status(journey, charge, at),
        "code": {"coding": [{"system": CPT_SYSTEM, "code": charge.code}]},
        "subject": patient_of(journey),
        "context": encounter_of(journey.encounter_id),
        "occurrenceDateTime": local(facility, cared_at),
        "enteredDate": local(facility, seen_at),
        "quantity": {"value": charge.units},
        "priceOverride": dollars(charge.amount_cents),
    }


def _claim(journey: Journey, claim: Claim, at: int) -> Resource:
    facility, payer = journey.facility, journey.patient.payer
    items = [
        {
            "sequence": sequence,
            "productOrService": {
                "coding": [{"system": CPT_SYSTEM, "code": charge.code}]
            },
            "servicedDate": charge.service_date,
            "quantity": {"value": charge.units},
            "net": dollars(charge.amount_cents),
            "encounter": [encounter_of(charge.encounter_id)],
        }
        for sequence, charge in enumerate(claim.charges, start=1)
    ]
    coverage = reference("Coverage", journey.insurance.valid_on(journey.service_date))
    voided_at = _voided_at(journey, claim)
    version, changed_at = last_change(at, claim.created_at, voided_at)
    control = {"system": CONTROL_NUMBER_SYSTEM, "value": claim.control_number}
    resource: Resource = {
        "resourceType": "Claim",
        "id": claim.claim_id,
        "meta": meta(journey, version, changed_at),
        "identifier": [control],
        "status": "cancelled" if voided_at <= at else "active",
        "type": {"coding": [{"code": claim.form}]},
        "use": "claim",
        "patient": patient_of(journey),
        "created": local(facility, claim.created_at),
        "insurer": reference("Organization", payer.fhir_id),
        "provider": reference("Organization", f"org-{facility.facility_id}"),
        "priority": {"coding": [{"code": "normal"}]},
        "insurance": [{"sequence": 1, "focal": True, "coverage": coverage}],
        "item": items,
        "total": dollars(claim.amount_cents),
    }
    if claim.replaces is not None:
        relation = {"coding": [{"system": RELATED_CLAIM_SYSTEM, "code": "prior"}]}
        replaced = reference("Claim", claim.replaces.claim_id)
        resource["related"] = [{"claim": replaced, "relationship": relation}]
    return resource


def _voided_at(journey: Journey, claim: Claim) -> int:
    voids = (
        one.filed_at
        for one in journey.claims
        if one.frequency == VOID and one.replaces is claim
    )
    return min(voids, default=NEVER)
