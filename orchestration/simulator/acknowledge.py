"""What comes back about a claim that was sent: from its file to the payer's word.

Times are those of the answering party. Nothing is answered in a practice whose
clearinghouse sends no acknowledgements.
"""

from orchestration.simulator.billing import (
    CLEARINGHOUSE,
    PAYER,
    Answer,
    Claim,
    Submission,
)
from orchestration.simulator.practice import CSV
from orchestration.simulator.runs import DAY, after_business_days, next_submission
from orchestration.simulator.walk import Walk

_RECEIVED, _TAKEN = ("A1", "19"), ("A2", "20")
# Category, status and whose data are meant.
Reason = tuple[str, str, str]

_CLEARINGHOUSE_REASONS = (("A3", "21", ""), ("A7", "500", "IL"), ("A6", "33", ""))
_NO_DIAGNOSIS = ("A7", "254", "")
_PAYER_REASONS = (
    ("A3", "33", ""),
    ("A7", "562", "85"),
    ("A8", "187", ""),
    ("A6", "478", ""),
    ("A7", "158", "QC"),
)
_KINDS = ("file_rejected_999", "clearinghouse_rejected", "payer_rejected")
_RECEIPT_FIRST_ONE_IN = 2


def acknowledge(
    walk: Walk, claim: Claim, sent_at: int, *, is_plain: bool = False
) -> bool:
    """Send a claim and take in the answers; tell whether it gets to be decided.

    Something may happen to it on its way unless it is plain.
    """
    sent = Submission(sent_at)
    claim.submissions.append(sent)
    if not walk.journey.is_acknowledged:
        return True
    trouble = "" if is_plain else walk.story
    is_sent_again = trouble == "rejected_resubmitted"
    if is_sent_again:
        trouble = walk.dice("rejected_resubmitted").choice(_KINDS)
    if not _answer(walk, sent, trouble):
        if not is_sent_again:
            return False
        again = _resubmitted(walk, sent)
        claim.submissions.append(again)
        _answer(walk, again, "")
    return True


def _answer(walk: Walk, sent: Submission, trouble: str) -> bool:
    """Write down the answers to one submission; tell whether a payer has it."""
    sent.is_heard = trouble != "file_unanswered"
    if not sent.is_heard:
        return False
    sent.file_answered_at = sent.sent_at + walk.numbers.file_answer_seconds
    if trouble == "file_rejected_999":
        sent.is_file_rejected = True
        return False
    reviewed_at = (sent.sent_at // DAY + 1) * DAY
    reviewed_at += walk.numbers.clearinghouse_second_of_day_utc
    if trouble in {"clearinghouse_rejected", "diagnosis_left_out"}:
        reason = _picked(walk, _CLEARINGHOUSE_REASONS)
        if not walk.journey.has_diagnosis:
            reason = _NO_DIAGNOSIS
        sent.answers.append(Answer(reviewed_at, CLEARINGHOUSE, *reason))
        return False
    sent.answers.append(Answer(reviewed_at, CLEARINGHOUSE, *_RECEIVED))
    return trouble != "payer_silent" and _payer_answers(walk, sent, trouble)


def _payer_answers(walk: Walk, sent: Submission, trouble: str) -> bool:
    day = _next_business_day(sent.sent_at, 1)
    time = walk.numbers.payer_answer_second_of_day_utc
    if trouble == "payer_rejected":
        reason = _picked(walk, _PAYER_REASONS)
        sent.answers.append(Answer(day + time, PAYER, *reason))
        return False
    if walk.journey.patient.payer.number % _RECEIPT_FIRST_ONE_IN == 0:
        # These payers confirm the receipt first, which is no acceptance.
        sent.answers.append(Answer(day + time, PAYER, *_RECEIVED))
        day = _next_business_day(sent.sent_at, 2)
    sent.answers.append(Answer(day + time, PAYER, *_TAKEN))
    return True


def _next_business_day(at: int, count: int) -> int:
    return after_business_days(at, count) // DAY * DAY


def _picked(walk: Walk, reasons: tuple[Reason, ...]) -> Reason:
    category, status, about = walk.dice("reason of rejection").choice(reasons)
    # Flat extracts have no place for whose data are meant.
    is_told = walk.journey.facility.system != CSV
    return category, status, about if is_told else ""


def _resubmitted(walk: Walk, sent: Submission) -> Submission:
    """Return the same claim, put right and sent some days after it came back."""
    back_at = max([sent.file_answered_at, *(one.at for one in sent.answers)])
    delay = walk.numbers.resubmission.draw(walk.dice("resubmission"))
    time = walk.numbers.submission_second_of_day_utc
    return Submission(next_submission(back_at + delay, time_of_day=time))
