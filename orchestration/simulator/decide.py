"""How a payer answers a claim: what it pays, what it takes off, or why not.

Amounts always balance: charge = paid + adjustments, for each line. Group and
reason codes are those of X12 835; nothing here knows that format.
"""

from dataclasses import dataclass, replace
from random import Random

from orchestration.simulator.billing import (
    DENIED,
    PAID,
    Adjustment,
    Charge,
    Claim,
    Decision,
    LineDecision,
)
from orchestration.simulator.parameters import Parameters
from orchestration.simulator.practice import Payer
from orchestration.simulator.walk import Walk

# A reason code and the remark codes beside it.
Codes = tuple[str, tuple[str, ...]]

CONTRACTUAL = "CO"
OTHER_GROUP = "OA"
PATIENT = "PR"
MISSING_DOCUMENTATION: Codes = ("16", ("N706",))
_DUPLICATE_REASON = "18"
_CORRECTION_FACTOR = 1.1


@dataclass(frozen=True)
class Decider:
    """One payer at work on the claims of one encounter."""

    rng: Random
    numbers: Parameters
    payer: Payer

    def first_answer(self, walk: Walk, claim: Claim, decided_at: int) -> Decision:
        """Return the answer that the story of the encounter asks for."""
        varied = walk.has("varied_denial_codes")
        if walk.is_story("denied_documentation"):
            return self._about_documentation(claim, decided_at, varied=varied)
        if walk.is_story("denied_other"):
            return self._about_something_else(claim, decided_at, varied=varied)
        if walk.is_story("denied_unmapped"):
            return _denied(claim, decided_at, (self.numbers.unmapped_reason, ()))
        if walk.is_story("denied_replaced"):
            if walk.index % 2:
                return self._about_documentation(claim, decided_at, varied=varied)
            return self._about_something_else(claim, decided_at, varied=varied)
        decision = self.paid(claim, decided_at)
        if walk.is_story("line_denied") and len(decision.lines) > 1:
            reason = self.rng.choice(self.numbers.line_denial_reasons)
            *kept, last = decision.lines
            refused = _refused(last.charge, CONTRACTUAL, reason, ())
            decision = replace(decision, lines=(*kept, refused))
        if walk.is_story("patient_share_only"):
            lines = tuple(_to_patient(line) for line in decision.lines)
            decision = replace(decision, lines=lines)
        if walk.has("interest_paid") and not walk.story:
            decision = replace(decision, interest_cents=self.numbers.interest_cents)
        return decision

    def paid(self, claim: Claim, decided_at: int) -> Decision:
        """Return an ordinary payment."""
        share = self.payer.allowed_share
        has_copay = self.rng.random() < self.numbers.copay_share
        lines = []
        for place, charge in enumerate(claim.charges):
            allowed = int(charge.amount_cents * share)
            patient = self._patient_part(allowed, has_copay=has_copay, place=place)
            lines.append(_paid(charge, allowed, patient))
        return Decision(decided_at, PAID, False, tuple(lines))

    def corrected(self, claim: Claim, decided_at: int) -> Decision:
        """Return a payment that allows more than the first one did."""
        better = replace(
            self.payer, allowed_share=self.payer.allowed_share * _CORRECTION_FACTOR
        )
        # Paying without a share of the patient keeps it above the first payment.
        lines = tuple(
            _paid(
                charge,
                int(charge.amount_cents * better.allowed_share),
                Adjustment(PATIENT, "3", 0),
            )
            for charge in claim.charges
        )
        return Decision(decided_at, PAID, False, lines)

    def refused_duplicate(self, claim: Claim, decided_at: int) -> Decision:
        """Return the refusal of a claim that was decided before."""
        lines = tuple(
            _refused(charge, OTHER_GROUP, _DUPLICATE_REASON, ())
            for charge in claim.charges
        )
        return Decision(decided_at, DENIED, False, lines, is_of_duplicate=True)

    def negated(self, line: LineDecision) -> LineDecision:
        """Return a line that takes another one back to the cent."""
        taken_back = tuple(
            replace(part, amount_cents=-part.amount_cents) for part in line.adjustments
        )
        charge = replace(line.charge, amount_cents=-line.charge.amount_cents)
        return LineDecision(charge, -line.paid_cents, taken_back)

    def _about_documentation(
        self, claim: Claim, decided_at: int, *, varied: bool
    ) -> Decision:
        codes = MISSING_DOCUMENTATION
        if varied:
            codes = self.rng.choice(self.numbers.documentation_denials)
        decision = _denied(claim, decided_at, codes)
        if varied and claim.control_number[-1] in "02468":
            # Half of the payers say it of the whole claim, not of each line.
            lines = tuple(replace(line, remarks=()) for line in decision.lines)
            decision = replace(decision, lines=lines, claim_remarks=codes[1])
        return replace(decision, is_about_documentation=True)

    def _about_something_else(
        self, claim: Claim, decided_at: int, *, varied: bool
    ) -> Decision:
        reason = self.rng.choice(self.numbers.denied_other_reasons)
        codes: Codes = (reason, ())
        if varied:
            codes = self.rng.choice(self.numbers.other_denials)
        return _denied(claim, decided_at, codes)

    def _patient_part(self, allowed: int, *, has_copay: bool, place: int) -> Adjustment:
        """Take a copay (reason 3) on the first line, or a deductible (1) on each."""
        if has_copay:
            return Adjustment(PATIENT, "3", 0 if place else self.numbers.copay_cents)
        part = int(allowed * self.numbers.deductible_share_of_allowed)
        return Adjustment(PATIENT, "1", part)


def _paid(charge: Charge, allowed: int, patient: Adjustment) -> LineDecision:
    taken_off = Adjustment(CONTRACTUAL, "45", charge.amount_cents - allowed)
    adjustments = tuple(part for part in (taken_off, patient) if part.amount_cents)
    return LineDecision(charge, allowed - patient.amount_cents, adjustments)


def _to_patient(line: LineDecision) -> LineDecision:
    """Leave to the patient, as deductible, what the payer would have paid."""
    own = sum(one.amount_cents for one in line.adjustments if one.group == PATIENT)
    others = tuple(one for one in line.adjustments if one.group != PATIENT)
    deductible = Adjustment(PATIENT, "1", own + line.paid_cents)
    return LineDecision(line.charge, 0, (*others, deductible))


def _denied(claim: Claim, decided_at: int, codes: Codes) -> Decision:
    reason, remarks = codes
    lines = tuple(
        _refused(charge, CONTRACTUAL, reason, remarks) for charge in claim.charges
    )
    return Decision(decided_at, DENIED, False, lines)


def _refused(
    charge: Charge, group: str, reason: str, remarks: tuple[str, ...]
) -> LineDecision:
    adjustment = Adjustment(group, reason, charge.amount_cents)
    return LineDecision(charge, 0, (adjustment,), remarks)
