"""How a visit is claimed, answered and paid, or where that comes to a halt."""

from dataclasses import replace
from random import Random

from orchestration.simulator.acknowledge import acknowledge
from orchestration.simulator.billing import (
    INSTITUTIONAL,
    PAYER,
    PROFESSIONAL,
    REPLACEMENT,
    REVERSED,
    VOID,
    Charge,
    Claim,
    Decision,
    Submission,
)
from orchestration.simulator.decide import Decider
from orchestration.simulator.hold_steps import fail_check, ready_at, registered_at
from orchestration.simulator.note_steps import edit_after_submission
from orchestration.simulator.runs import DAY, NEVER, next_payment, next_submission
from orchestration.simulator.walk import Walk


def bill(walk: Walk) -> None:
    """Take the visit from readiness through claim and answer to payment."""
    journey = walk.journey
    # The bill waits for an insurance that covers the day.
    ready = max(ready_at(walk), registered_at(walk))
    if journey.patient.payer.is_patient:
        return
    stories = ("claim_not_created", "filing_forgotten")
    if ready == NEVER or walk.is_story(*stories[: 1 + walk.index % 2]):
        return
    created = ready + walk.numbers.claim_creation.draw(walk.rng)
    parts = _parts(walk)
    for number, (form, charges) in enumerate(parts):
        claim = Claim(
            f"C-{journey.index:07d}{'F' if number else ''}",
            f"P{journey.index:07d}{'F' if number else ''}",
            (journey.encounter_id,),
            tuple(charges),
            created,
            form=form,
        )
        journey.claims.append(claim)
    if walk.is_story("report_only"):
        _report(walk, journey.claims[0])
        return
    journey.has_diagnosis = not walk.is_story("diagnosis_left_out")
    right_at = fail_check(walk, created)
    is_kept = walk.is_story("claim_not_submitted", "filing_forgotten")
    if is_kept or right_at == NEVER:
        return
    for claim in list(journey.claims):
        _send(walk, claim, right_at)
    _charge_late(walk)
    edit_after_submission(walk, journey.claim_submitted_at)


def bill_together(first: Walk, second: Walk) -> None:
    """Let two visits of a patient, each ready for a bill, go on one claim."""
    if not (first.journey.claims and second.journey.claims):
        return
    one, other = first.journey.claims[0], second.journey.claims[0]
    joint = Claim(
        one.claim_id,
        one.control_number,
        (*one.encounter_ids, *other.encounter_ids),
        (*one.charges, *other.charges),
        max(one.created_at, other.created_at),
    )
    first.journey.claims = [joint]
    second.journey.claims = [joint]
    # The answer is drawn with the dice of the first visit, whoever asks for it.
    rng = first.dice("combined_claim")
    _file_and_answer(first, joint, joint.created_at, rng)


def _parts(walk: Walk) -> list[tuple[str, list[Charge]]]:
    """Return what goes on which form; lines entered twice go once."""
    lines = [
        one
        for one in walk.journey.charges
        if one.credited_at == NEVER and not one.is_duplicate
    ]
    facility = [one for one in lines if one.component == INSTITUTIONAL]
    own = [one for one in lines if one.component == PROFESSIONAL]
    found = [(PROFESSIONAL, own)]
    return [*found, (INSTITUTIONAL, facility)] if facility else found


def _report(walk: Walk, claim: Claim) -> None:
    """Tell a plan that pays by the head of the visit; no money is asked for."""
    claim.is_report = True
    # Only the report knows the visit, so it carries the number of the visit.
    claim.control_number = walk.journey.encounter_id
    claim.submissions.append(Submission(_next_run(walk, claim.created_at)))
    _answer_file(walk, claim.submissions[0])


def _next_run(walk: Walk, at: int) -> int:
    return next_submission(at, time_of_day=walk.numbers.submission_second_of_day_utc)


def _answer_file(walk: Walk, sent: Submission) -> None:
    if walk.journey.is_acknowledged:
        sent.file_answered_at = sent.sent_at + walk.numbers.file_answer_seconds


def _send(walk: Walk, claim: Claim, after: int) -> None:
    """Send a claim, let it come back or be lost, and let the payer decide."""
    if acknowledge(walk, claim, _next_run(walk, after)):
        _decide(walk, claim, walk.rng)


def _file_and_answer(walk: Walk, claim: Claim, after: int, rng: Random) -> None:
    """File a claim that nothing happens to on its way, and let it be decided."""
    acknowledge(walk, claim, _next_run(walk, after), is_plain=True)
    _decide(walk, claim, rng, is_plain=True)


def _decide(walk: Walk, claim: Claim, rng: Random, *, is_plain: bool = False) -> None:
    journey, numbers = walk.journey, walk.numbers
    last_sent = max(one.sent_at for one in claim.submissions if one.is_filing)
    ready = last_sent + numbers.adjudication.draw(rng)
    if walk.is_story("payer_slow") and not is_plain:
        ready = last_sent + numbers.late_response_days.draw(rng)
    if walk.is_story("pending_information") and not is_plain:
        base = max(last_sent, _known(claim.accepted_at(PAYER)))
        claim.information_asked_at = base + numbers.information_asked.draw(rng)
        ready += 30 * DAY
    decided_at = next_payment(
        ready,
        journey.patient.payer.run_weekdays,
        time_of_day=numbers.adjudication_second_of_day_utc,
    )
    decider = Decider(rng, numbers, journey.patient.payer)
    if is_plain:
        claim.decisions.append(decider.paid(claim, decided_at))
        return
    if walk.is_story("claim_voided", "claim_rebilled"):
        _void(walk, claim, last_sent)
        return
    claim.decisions.append(decider.first_answer(walk, claim, decided_at))
    _go_on(walk, claim, decider)


def _known(at: int) -> int:
    return at if at < NEVER else 0


def _go_on(walk: Walk, claim: Claim, decider: Decider) -> None:
    """Let the claim live on after its first decision."""
    first = claim.decisions[0]
    if walk.is_story("denied_replaced"):
        rng = walk.dice("denied_replaced")
        corrected = first.decided_at + walk.numbers.correction.draw(rng)
        _follow(walk, claim, REPLACEMENT, corrected, rng)
    if walk.is_story("payment_reversed"):
        _reverse(walk, claim, decider)
    if walk.is_story("duplicate_denied"):
        _send_twice(walk, claim, decider)
    if walk.has("claim_reissued") and not walk.story:
        rng = walk.dice("claim_reissued")
        again = _next_run(walk, claim.filed_at + walk.numbers.reissue.draw(rng))
        claim.submissions.append(Submission(again, is_reissue=True))
        _answer_file(walk, claim.submissions[-1])


def _follow(
    walk: Walk, claim: Claim, frequency: str, created: int, rng: Random
) -> None:
    """Make a claim that replaces or voids an earlier one, and file it."""
    follower = Claim(
        f"{claim.claim_id}-{frequency}",
        claim.control_number,
        claim.encounter_ids,
        claim.charges,
        created,
        frequency,
        claim.form,
        replaces=claim,
    )
    walk.journey.claims.append(follower)
    if frequency == REPLACEMENT:
        _file_and_answer(walk, follower, created, rng)
    else:
        acknowledge(walk, follower, _next_run(walk, created), is_plain=True)


def _void(walk: Walk, claim: Claim, sent_at: int) -> None:
    """Take the claim back before the payer decides; perhaps make a new one."""
    rng = walk.dice("claim_voided")
    _follow(walk, claim, VOID, sent_at + walk.numbers.void.draw(rng), rng)
    if not walk.is_story("claim_rebilled"):
        return
    voided = walk.journey.claims[-1]
    created = voided.filed_at + walk.numbers.correction.draw(rng)
    again = replace(
        claim,
        claim_id=f"{claim.claim_id}B",
        control_number=f"{claim.control_number}B",
        created_at=created,
        submissions=[],
        decisions=[],
    )
    walk.journey.claims.append(again)
    _file_and_answer(walk, again, created, rng)


def _reverse(walk: Walk, claim: Claim, decider: Decider) -> None:
    """Take the payment back and pay again, more than before, in one run."""
    rng = walk.dice("payment_reversed")
    first = claim.decisions[0]
    ready = first.decided_at + walk.numbers.adjudication.draw(rng)
    decided_at = next_payment(
        ready,
        walk.journey.patient.payer.run_weekdays,
        time_of_day=walk.numbers.adjudication_second_of_day_utc,
    )
    lines = tuple(decider.negated(line) for line in first.lines)
    claim.decisions.append(Decision(decided_at, REVERSED, False, lines))
    claim.decisions.append(decider.corrected(claim, decided_at))


def _send_twice(walk: Walk, claim: Claim, decider: Decider) -> None:
    """Send a decided claim again by mistake; the payer refuses the second."""
    rng = walk.dice("duplicate_denied")
    first = claim.decisions[0].decided_at
    sent_at = _next_run(walk, first + walk.numbers.correction.draw(rng))
    acknowledge(walk, claim, sent_at, is_plain=True)
    decided_at = next_payment(
        sent_at + walk.numbers.adjudication.draw(rng),
        walk.journey.patient.payer.run_weekdays,
        time_of_day=walk.numbers.adjudication_second_of_day_utc,
    )
    claim.decisions.append(decider.refused_duplicate(claim, decided_at))


def _charge_late(walk: Walk) -> None:
    """Enter one more line after the bill has gone; nobody claims it yet."""
    journey = walk.journey
    submitted = journey.claim_submitted_at
    if walk.story or not walk.has("late_charge") or submitted == NEVER:
        return
    rng = walk.dice("late_charge")
    entered = submitted + walk.numbers.late_charge.draw(rng)
    line = journey.charges[0]
    late = replace(
        line,
        charge_id=f"{line.charge_id}L",
        code="99000",
        modifier="",
        units=1,
        amount_cents=2500,
        entered_at=entered,
        is_late=True,
    )
    journey.charges.append(late)
