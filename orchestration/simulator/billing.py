"""What the money side of an encounter is made of: charges, claims and answers.

Holds plain records. A chain is an original claim with what replaces or voids it;
where a chain stands at a time is read off its records here, what that means for
the encounter in `states`.
"""

from dataclasses import dataclass, field

from orchestration.simulator.runs import NEVER

ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"
PROFESSIONAL, INSTITUTIONAL = "professional", "institutional"
CLEARINGHOUSE, PAYER = "AY", "PR"
PAID, DENIED, REVERSED = "1", "4", "22"
_REJECTIONS = frozenset({"A3", "A6", "A7", "A8"})
_CLEARINGHOUSE_ACCEPTANCES = frozenset({"A0", "A1", "A2"})


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge line; money is US cents.

    `routed_at` is when it came into a queue of lines that nobody has released;
    `entered_at` when it counts, `credited_at` when it was taken back.
    """

    charge_id: str
    encounter_id: str
    code: str
    modifier: str
    units: int
    amount_cents: int
    service_date: str
    entered_at: int
    component: str = PROFESSIONAL
    routed_at: int = NEVER
    credited_at: int = NEVER
    is_late: bool = False
    is_duplicate: bool = False

    def stands_at(self, at: int) -> bool:
        """Tell whether the line counts at a time."""
        return self.entered_at <= at < self.credited_at


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Money that a payer takes off a line, with group and reason code."""

    group: str
    reason: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What a payer decided for one charge line: charge = paid + adjustments."""

    charge: Charge
    paid_cents: int
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of a payer to a claim, on the day when it also pays."""

    decided_at: int
    status: str
    is_about_documentation: bool
    lines: tuple[LineDecision, ...]
    claim_remarks: tuple[str, ...] = ()
    interest_cents: int = 0
    is_of_duplicate: bool = False

    @property
    def codes(self) -> set[str]:
        """The codes of all reasons and remarks."""
        reasons = {part.reason for line in self.lines for part in line.adjustments}
        return reasons.union(self.claim_remarks, *(one.remarks for one in self.lines))

    @property
    def is_denied(self) -> bool:
        """Whether the payer refuses the whole claim."""
        return self.status == DENIED

    @property
    def paid_cents(self) -> int:
        """What the payer pays for the claim, interest apart."""
        return sum(line.paid_cents for line in self.lines)


@dataclass(frozen=True, slots=True)
class Answer:
    """One claim acknowledgement: who says what about a sent claim, and when.

    `about` is whose data were wrong, where the answer says so.
    """

    at: int
    entity: str
    category: str
    status: str
    about: str = ""

    @property
    def is_rejection(self) -> bool:
        """Whether the claim was sent back and so never filed."""
        return self.category in _REJECTIONS

    @property
    def is_acceptance(self) -> bool:
        """Whether the claim was taken: by a payer only with its word for it."""
        if self.entity == PAYER:
            return self.category == "A2"
        return self.category in _CLEARINGHOUSE_ACCEPTANCES


@dataclass(slots=True)
class Submission:
    """One time that a claim went out, and what came back about it.

    Of one that is not heard of, the clearinghouse knows nothing.
    """

    sent_at: int
    is_reissue: bool = False
    file_answered_at: int = NEVER
    is_file_rejected: bool = False
    is_heard: bool = True
    answers: list[Answer] = field(default_factory=list)

    @property
    def is_filing(self) -> bool:
        """Whether this is a claim for its receiver: no repeat, no broken file."""
        return not (self.is_reissue or self.is_file_rejected)

    def first(self, entity: str, *, accepted: bool) -> int:
        """Return when somebody first accepted, or rejected, what was sent."""
        found = (
            answer.at
            for answer in self.answers
            if answer.entity == entity
            and (answer.is_acceptance if accepted else answer.is_rejection)
        )
        return min(found, default=NEVER)


@dataclass(slots=True)
class Claim:
    """One claim with its own record in the billing system."""

    claim_id: str
    control_number: str
    encounter_ids: tuple[str, ...]
    charges: tuple[Charge, ...]
    created_at: int
    frequency: str = ORIGINAL
    form: str = PROFESSIONAL
    is_report: bool = False
    replaces: "Claim | None" = None
    submissions: list[Submission] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    information_asked_at: int = NEVER

    @property
    def amount_cents(self) -> int:
        """What is claimed."""
        return sum(charge.amount_cents for charge in self.charges)

    @property
    def filed_at(self) -> int:
        """When it first went out in a file that could be read."""
        for one in self.submissions:  # in the order of time
            if not (one.is_reissue or one.is_file_rejected):
                return one.sent_at
        return NEVER

    def accepted_at(self, entity: str) -> int:
        """Return when somebody first accepted it."""
        found = (one.first(entity, accepted=True) for one in self.submissions)
        return min(found, default=NEVER)


@dataclass(frozen=True, slots=True)
class Chain:
    """An original claim, and what replaces or voids it, oldest first."""

    claims: tuple[Claim, ...]

    @property
    def original(self) -> Claim:
        """The claim that the others are about."""
        return self.claims[0]

    @property
    def filed_at(self) -> int:
        """When the original claim was filed."""
        return self.original.filed_at

    @property
    def voided_at(self) -> int:
        """When the claim was taken back."""
        if len(self.claims) == 1:
            return NEVER
        voids = (one.filed_at for one in self.claims if one.frequency == VOID)
        return min(voids, default=NEVER)

    @property
    def corrections(self) -> tuple[Claim, ...]:
        """The claims that replace it."""
        return tuple(one for one in self.claims if one.frequency == REPLACEMENT)

    @property
    def decisions(self) -> list[Decision]:
        """All answers about the money in order; not those to a claim sent twice."""
        found = (
            decision
            for claim in self.claims
            for decision in claim.decisions
            if not decision.is_of_duplicate and decision.status != REVERSED
        )
        return sorted(found, key=lambda decision: decision.decided_at)

    def settled_at(self, at: int) -> int:
        """Return when the payer's part was settled as it stands at a time."""
        known = [one for one in self.decisions if one.decided_at <= at]
        if not known or known[-1].is_denied:
            return NEVER
        return known[-1].decided_at


def chains_of(claims: list[Claim]) -> list[Chain]:
    """Return the chains of claims; reports of visits to a plan are no claims."""
    return [
        Chain((original, *(one for one in claims if one.replaces is original)))
        for original in claims
        if original.frequency == ORIGINAL and not original.is_report
    ]
