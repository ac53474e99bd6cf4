"""What an EHR that exports FHIR R4 knows of places, people and payers.

These resources change rarely: the export carries them once, with no visit in
them. All names are invented and say so.
"""

from collections.abc import Callable, Iterator
from typing import Any

from orchestration.simulator.fhir_writer import BASE_URL, Resource, local, reference
from orchestration.simulator.insurance import Coverage, Insurance
from orchestration.simulator.practice import (
    FHIR,
    PRACTICE_NAME,
    Facility,
    Patient,
    Payer,
    Practice,
    Provider,
)

NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
TIME_ZONE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/timezone"
ORGANIZATION_TYPES = "http://terminology.hl7.org/CodeSystem/organization-type"
PRACTICE_ID = "org-practice"


def directory_bundle(practice: Practice, at: str) -> Resource:
    """Return a searchset of organizations and locations, taken at an ISO time."""
    facilities = _facilities(practice)
    resources = [
        _organization(PRACTICE_ID, PRACTICE_NAME, "prov", npi=practice.npi),
        *(_facility_organization(facility) for facility in facilities),
        *(_location(facility) for facility in facilities),
        *(_payer(payer) for payer in practice.all_payers),
    ]
    entries = [
        {
            "fullUrl": f"{BASE_URL}/{resource['resourceType']}/{resource['id']}",
            "resource": resource,
            "search": {"mode": "match"},
        }
        for resource in resources
    ]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": at,
        "total": len(entries),
        "entry": entries,
    }


def directory_people(
    practice: Practice, leave_of: Callable[[Provider], tuple[int, int]], at: int
) -> Iterator[Resource]:
    """Yield the people of the facilities that export FHIR, their roles and leaves."""
    for provider in practice.providers:
        if provider.facility.system == FHIR:
            yield _practitioner(provider)
            yield _practitioner_role(provider, leave_of(provider), at)


def patient_resources(
    patient: Patient, insurance: Insurance, at: int
) -> Iterator[Resource]:
    """Yield a patient and the coverages on file at a time, which say who pays."""
    yield {
        "resourceType": "Patient",
        "id": patient.patient_id,
        "active": True,
        "name": [{"family": f"N{patient.number:07d}", "given": ["Testpatient"]}],
        "gender": "unknown",
        "birthDate": patient.birth_date,
        "managingOrganization": reference(
            "Organization", f"org-{patient.facility.facility_id}"
        ),
    }
    for coverage in insurance.known_at(at):
        yield _coverage(patient, coverage)


def _coverage(patient: Patient, coverage: Coverage) -> Resource:
    period = {"start": coverage.starts_on}
    if coverage.ends_on:
        period["end"] = coverage.ends_on
    changed = local(patient.facility, coverage.recorded_at)
    return {
        "resourceType": "Coverage",
        "id": coverage.coverage_id,
        "meta": {"versionId": "1", "lastUpdated": changed},
        "status": "active",
        "subscriberId": f"M{patient.number:07d}",
        "beneficiary": reference("Patient", patient.patient_id),
        "period": period,
        "payor": [reference("Organization", patient.payer.fhir_id)],
    }


def _facilities(practice: Practice) -> list[Facility]:
    return [place for place in practice.facilities if place.system == FHIR]


def _organization(identifier: str, name: str, kind: str, *, npi: str = "") -> Resource:
    organization: dict[str, Any] = {
        "resourceType": "Organization",
        "id": identifier,
        "active": True,
        "type": [{"coding": [{"system": ORGANIZATION_TYPES, "code": kind}]}],
        "name": name,
    }
    if npi:
        organization["identifier"] = [{"system": NPI_SYSTEM, "value": npi}]
    return organization


def _facility_organization(facility: Facility) -> Resource:
    identifier = f"org-{facility.facility_id}"
    organization = _organization(identifier, facility.name, "prov")
    return {**organization, "partOf": reference("Organization", PRACTICE_ID)}


def _location(facility: Facility) -> Resource:
    zone = {"url": TIME_ZONE_EXTENSION, "valueCode": facility.zone_name}
    manager = f"{BASE_URL}/Organization/org-{facility.facility_id}"
    return {
        "resourceType": "Location",
        "id": f"loc-{facility.facility_id}",
        "extension": [zone],
        "status": "active",
        "name": facility.name,
        "managingOrganization": {"reference": manager},
    }


def _payer(payer: Payer) -> Resource:
    organization = _organization(payer.fhir_id, payer.name, "pay")
    # The list of organization types has one word for payers; the category that
    # reports use is the practice's own.
    category = {"system": "urn:chartgap:simulator:payer-type", "code": payer.payer_type}
    organization["type"].append({"coding": [category]})
    return organization


def _practitioner(provider: Provider) -> Resource:
    return {
        "resourceType": "Practitioner",
        "id": provider.provider_id,
        "identifier": [{"system": NPI_SYSTEM, "value": provider.npi}],
        "active": True,
        "name": [{"family": provider.name.split()[1], "given": ["Testprovider"]}],
    }


def _practitioner_role(provider: Provider, leave: tuple[int, int], at: int) -> Resource:
    facility = provider.facility
    first, last = leave
    away = {"start": local(facility, first), "end": local(facility, last)}
    absence = {"description": "leave", "during": away}
    return {
        **({"notAvailable": [absence]} if first <= at else {}),
        "resourceType": "PractitionerRole",
        "id": f"role-{provider.provider_id}",
        "active": True,
        "practitioner": reference("Practitioner", provider.provider_id),
        "organization": reference("Organization", f"org-{facility.facility_id}"),
        "code": [{"text": provider.role}],
        "specialty": [{"text": provider.specialty}],
        "location": [reference("Location", f"loc-{facility.facility_id}")],
    }
