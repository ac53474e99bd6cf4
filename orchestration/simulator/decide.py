"""How a payer answers a claim: what it pays, what it takes off, or why not.

Amounts always balance: charge = paid + adjustments, for each line. Group and
reason codes are those of X12 835; nothing here knows that format.
"""

from random import Random

from orchestration.simulator.journey import (
    Adjustment,
    Charge,
    Decision,
    Journey,
    LineDecision,
)
from orchestration.simulator.parameters import Parameters

CONTRACTUAL = "CO"
PATIENT = "PR"
MISSING_DOCUMENTATION_REASON = "16"
MISSING_DOCUMENTATION_REMARK = "N706"


def decide(
    rng: Random,
    numbers: Parameters,
    journey: Journey,
    *,
    decided_at: int,
    stuck: str,
) -> Decision:
    """Return the payer's answer to the claim of a journey.

    `stuck` names the defect of the encounter; a denial is one of them.
    """
    if stuck == "denied_documentation":
        reason, remark = MISSING_DOCUMENTATION_REASON, MISSING_DOCUMENTATION_REMARK
        lines = [_denied(charge, reason, remark) for charge in journey.charges]
        return Decision(decided_at, True, True, tuple(lines))
    if stuck == "denied_other":
        reason = rng.choice(numbers.denied_other_reasons)
        lines = [_denied(charge, reason, "") for charge in journey.charges]
        return Decision(decided_at, True, False, tuple(lines))
    share = journey.patient.payer.allowed_share
    has_copay = rng.random() < numbers.copay_share
    lines = []
    for place, charge in enumerate(journey.charges):
        allowed = int(charge.amount_cents * share)
        patient = _patient_part(numbers, allowed, has_copay=has_copay, place=place)
        lines.append(_paid(charge, allowed, patient))
    return Decision(decided_at, False, False, tuple(lines))


def _patient_part(
    numbers: Parameters, allowed: int, *, has_copay: bool, place: int
) -> Adjustment:
    """Take a copay (reason 3) on the first line, or a deductible (1) on each."""
    if has_copay:
        return Adjustment(PATIENT, "3", 0 if place else numbers.copay_cents)
    part = int(allowed * numbers.deductible_share_of_allowed)
    return Adjustment(PATIENT, "1", part)


def _paid(charge: Charge, allowed: int, patient: Adjustment) -> LineDecision:
    taken_off = Adjustment(CONTRACTUAL, "45", charge.amount_cents - allowed)
    adjustments = tuple(part for part in (taken_off, patient) if part.amount_cents)
    return LineDecision(charge, allowed - patient.amount_cents, adjustments)


def _denied(charge: Charge, reason: str, remark: str) -> LineDecision:
    adjustment = Adjustment(CONTRACTUAL, reason, charge.amount_cents)
    return LineDecision(charge, 0, (adjustment,), remark)
