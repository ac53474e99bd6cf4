"""The status words that FHIR and the flat feeds have in common."""

from orchestration.simulator.billing import Charge
from orchestration.simulator.journey import Journey
from orchestration.simulator.runs import NEVER


def appointment_status(journey: Journey, at: int) -> tuple[int, int, str]:
    """Return version, time of the last change and status of an appointment."""
    steps = [
        (journey.booked_at, "booked"),
        (journey.moved_at, "booked"),
        (journey.cancelled_at, "cancelled"),
        (journey.noshow_at, "noshow"),
    ]
    if not journey.is_appointment_left_open:
        steps.append((journey.ended_at, "fulfilled"))
    elif journey.index % 2:
        steps.append((journey.arrived_at, "arrived"))
    known = sorted(step for step in steps if step[0] <= at)
    return len(known), known[-1][0], known[-1][1]


def billed_at(journey: Journey, charge: Charge) -> int:
    """Return when a line went on a claim, else NEVER."""
    if charge.is_late or charge.is_duplicate or charge.credited_at < NEVER:
        return NEVER
    return journey.claim_created_at


def charge_status(journey: Journey, charge: Charge, at: int) -> str:
    """Return the status of a line as FHIR and the flat feeds name it."""
    if charge.credited_at <= at:
        return "entered-in-error"
    if charge.entered_at > at:
        return "planned"
    return "billed" if billed_at(journey, charge) <= at else "billable"
