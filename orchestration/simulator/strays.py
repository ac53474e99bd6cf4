"""Records that lead nowhere, which a sender puts among those of an encounter.

An appointment that was kept with no visit to show for it, a charge for a visit
that is not there, a payer's answer to a claim that nobody made. What they are
called is the same in every format.
"""

from collections.abc import Iterator

from orchestration.simulator.journey import Journey
from orchestration.simulator.practice import HL7V2
from orchestration.simulator.runs import DAY, NEVER

_KEPT_SECONDS = 1800


def stray_appointment(journey: Journey, at: int) -> tuple[str, int, int] | None:
    """Return name, start and keeping of an appointment without a visit, if any."""
    start = journey.planned_end + DAY
    is_planted = "appointment_without_visit" in journey.quirks
    if not is_planted or not _has_ended(journey, at) or start + _KEPT_SECONDS > at:
        return None
    if journey.facility.system == HL7V2:
        return None
    return f"{journey.appointment_id}-N", start, start + _KEPT_SECONDS


def stray_charge(journey: Journey, at: int) -> tuple[str, str, int] | None:
    """Return name, visit and entry of a charge for a visit that is not there."""
    entered = journey.ended_at + 60
    is_planted = "charge_without_visit" in journey.quirks
    if not is_planted or not _has_ended(journey, at) or entered > at:
        return None
    return f"CH-{journey.index:07d}-N", f"{journey.encounter_id}-0", entered


def stray_claim_number(journey: Journey, at: int) -> str:
    """Return the number of a claim that a payer answers and nobody made."""
    if "remittance_without_claim" not in journey.quirks or not journey.claims:
        return ""
    first = journey.claims[0]
    if first.encounter_ids[0] != journey.encounter_id or not first.decisions:
        return ""
    if first.decisions[0].decided_at > at:
        return ""
    return f"X{journey.index:07d}"


def strays_of(journey: Journey, at: int) -> Iterator[tuple[str, str]]:
    """Yield defect and name of everything that leads nowhere."""
    appointment = stray_appointment(journey, at)
    if appointment:
        yield "appointment_without_visit", appointment[0]
    charge = stray_charge(journey, at)
    if charge:
        yield "charge_without_visit", charge[0]
    number = stray_claim_number(journey, at)
    if number:
        yield "remittance_without_claim", number


def _has_ended(journey: Journey, at: int) -> bool:
    return journey.ended_at < NEVER and journey.ended_at <= at
