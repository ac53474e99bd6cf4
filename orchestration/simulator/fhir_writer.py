"""The parts that FHIR resources of one exporting system are made of.

Knows how this system writes times, references, versions and money; what a
resource says is its caller's.
"""

from typing import Any

from orchestration.simulator.clocks import offset_text, shown
from orchestration.simulator.journey import Journey
from orchestration.simulator.practice import Facility, Provider

Resource = dict[str, Any]

BASE_URL = "https://fhir.testpractice.example/r4"


def local(facility: Facility, at: int) -> str:
    """Return a time as the facility's clock shows it, with its offset."""
    day, time = shown(at, facility.zone)
    return f"{day}T{time}{offset_text(at, facility.zone)}"


def reference(kind: str, identifier: str) -> dict[str, str]:
    """Return a relative reference to a resource."""
    return {"reference": f"{kind}/{identifier}"}


def meta(journey: Journey, version: int, changed_at: int) -> dict[str, str]:
    """Return version and time of the last change of a resource."""
    updated = local(journey.facility, changed_at)
    return {"versionId": str(version), "lastUpdated": updated}


def last_change(at: int, *changes: int) -> tuple[int, int]:
    """Return version number and time of the newest change up to a time."""
    seen = [change for change in changes if change <= at]
    return len(seen), max(seen)


def encounter_of(encounter_id: str) -> dict[str, str]:
    """Point to an encounter, now and then by its absolute address."""
    relative = f"Encounter/{encounter_id}"
    if not encounter_id.endswith("0"):
        return {"reference": relative}
    return {"reference": f"{BASE_URL}/{relative}"}


def patient_of(journey: Journey) -> dict[str, str]:
    """Point to the patient of an encounter."""
    return reference("Patient", journey.patient.patient_id)


def practitioner(provider: Provider) -> dict[str, str]:
    """Point to a person who works here."""
    return reference("Practitioner", provider.provider_id)


def dollars(cents: int) -> Resource:
    """Return an amount as FHIR Money."""
    return {"value": cents / 100, "currency": "USD"}
