"""What keeps a bill from becoming money, from when to when: the world's own view."""

from collections.abc import Iterator

from orchestration.simulator.billing import (
    CLEARINGHOUSE,
    PAYER,
    Chain,
    Claim,
    Decision,
    Submission,
    chains_of,
)
from orchestration.simulator.hold_steps import decided_at
from orchestration.simulator.journey import Journey
from orchestration.simulator.readiness import ready_at
from orchestration.simulator.runs import NEVER, after_business_days

Interval = tuple[str, int, int]

# What somebody else than the biller has to cure, by the code that a payer gives.
_CURED_BY_OTHERS = {
    **dict.fromkeys(("27", "31"), "REG-01"),
    **dict.fromkeys(("197", "198", "210"), "REG-03"),
    **dict.fromkeys(("4", "11", "97", "231", "236", "B16"), "COD-03"),
    **dict.fromkeys(("M76", "MA63"), "COD-02"),
}
# A paper that the payer did not get; that it has it shows when it pays.
_PAPERS = {"N455": "DOC-10", "N3": "DOC-12", "N563": "DOC-12"}
_SUBSCRIBER = frozenset({("A6", "IL"), ("A6", "QC"), ("A7", "IL"), ("A7", "QC")})
_FILE_ANSWER_DAYS, _PAYER_ANSWER_DAYS = 1, 2


def claim_intervals(journey: Journey, at: int) -> Iterator[Interval]:
    """Yield what the bill of a finished visit waited for, as things stand at a time."""
    if journey.patient.payer.is_patient:
        yield "NB-08", journey.ended_at, NEVER
        return
    yield "NB-03", journey.reported_at, NEVER
    insured_at = journey.insurance.valid_since(journey.service_date)
    yield "REG-01", journey.ended_at, insured_at
    chains = chains_of(journey.claims)
    created = min(journey.claim_created_at, journey.reported_at, decided_at(journey))
    yield "CLM-01", ready_at(journey, min(created, at)), created
    if not journey.has_diagnosis:
        yield "COD-02", journey.claim_submitted_at, NEVER
    for number, chain in enumerate(chains):
        yield from _unsent(chain.original)
        after = chains[number + 1 :]
        if chain.voided_at < NEVER:
            again = min((one.original.created_at for one in after), default=NEVER)
            yield "CLM-01", chain.voided_at, again
        for claim in chain.claims:
            yield from _on_its_way(journey, claim, at)
        yield from _with_payer(journey, chain)


def _unsent(claim: Claim) -> Iterator[Interval]:
    yield "CLM-03", claim.created_at, claim.filed_at


def _on_its_way(journey: Journey, claim: Claim, at: int) -> Iterator[Interval]:
    if not journey.is_acknowledged:
        return
    sent = [one for one in claim.submissions if not one.is_reissue]
    for number, one in enumerate(sent):
        later = sent[number + 1 :]
        yield from _file_answer(one, later)
        for code, entity in (("ACK-02", CLEARINGHOUSE), ("ACK-03", PAYER)):
            rejected = one.first(entity, accepted=False)
            taken = _next_taken(later, entity, at)
            yield code, rejected, taken
            said = {(answer.category, answer.about) for answer in one.answers}
            if said & _SUBSCRIBER:
                yield "REG-02", rejected, taken
        yield from _silence(one, later)


def _file_answer(one: Submission, later: list[Submission]) -> Iterator[Interval]:
    """Yield the wait for a good file, or for an answer that is a day late."""
    if one.is_file_rejected:
        good = (other.sent_at for other in later if other.is_filing)
        yield "ACK-01", one.file_answered_at, min(good, default=NEVER)
    else:
        due = after_business_days(one.sent_at, _FILE_ANSWER_DAYS)
        yield "ACK-01", due, one.file_answered_at


def _next_taken(later: list[Submission], entity: str, at: int) -> int:
    """Return when the claim was next sent with success, as is known at a time."""
    good = (one.sent_at for one in later if one.first(entity, accepted=True) <= at)
    return min(good, default=NEVER)


def _silence(one: Submission, later: list[Submission]) -> Iterator[Interval]:
    """Yield the silence of a payer about a claim that is on its way to it."""
    returned = one.first(CLEARINGHOUSE, accepted=False)
    if one.is_file_rejected or returned < NEVER:
        return
    heard = min(
        (answer.at for answer in one.answers if answer.entity == PAYER), default=NEVER
    )
    again = min((other.sent_at for other in later), default=NEVER)
    due = after_business_days(one.sent_at, _PAYER_ANSWER_DAYS)
    yield "ACK-04", due, min(heard, again)


def _with_payer(journey: Journey, chain: Chain) -> Iterator[Interval]:
    for claim in (chain.original, *chain.corrections):
        yield from _pending(journey, chain, claim)
    for decision in chain.decisions:
        if decision.is_denied:
            code = "PAY-03" if decision.is_about_documentation else "PAY-04"
            yield code, decision.decided_at, _cured_at(chain, decision)
            yield from _for_others(chain, decision)
    for claim in chain.claims:
        for decision in claim.decisions:
            if decision.is_of_duplicate:
                yield "XREF-03", decision.decided_at, NEVER


def _pending(journey: Journey, chain: Chain, claim: Claim) -> Iterator[Interval]:
    accepted = claim.accepted_at(PAYER)
    begun = accepted if journey.is_acknowledged else claim.filed_at
    decided = min((one.decided_at for one in claim.decisions), default=NEVER)
    over = min(decided, chain.voided_at)
    asked = claim.information_asked_at
    usual = begun + journey.usual_response_seconds if begun < NEVER else NEVER
    yield "PAY-02", begun, min(over, asked, usual)
    yield "PAY-01", asked, over
    if usual < asked:
        yield "PAY-05", usual, min(over, asked)


def _for_others(chain: Chain, denial: Decision) -> Iterator[Interval]:
    """Yield what others have to find or put right before the payer pays."""
    since, codes = denial.decided_at, denial.codes
    for code in {_CURED_BY_OTHERS[one] for one in codes & _CURED_BY_OTHERS.keys()}:
        yield code, since, _cured_at(chain, denial)
    for code in {_PAPERS[one] for one in codes & _PAPERS.keys()}:
        yield code, since, _paid_after(chain, denial)


def _paid_after(chain: Chain, denial: Decision) -> int:
    paid = (
        one.decided_at
        for one in chain.decisions
        if one.decided_at > denial.decided_at and not one.is_denied
    )
    return min(paid, default=NEVER)


def _cured_at(chain: Chain, denial: Decision) -> int:
    """Return when a corrected claim was sent, or the payer paid after all."""
    sent = (one.filed_at for one in chain.corrections)
    return min([*sent, _paid_after(chain, denial)])
