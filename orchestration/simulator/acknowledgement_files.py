"""Bodies of what comes back about claims: 999, 277CA and 277, X12 5010.

A record is what has to be kept of an answer until its file is written; a body is
the segments between ST and SE. These say nothing of money.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from orchestration.simulator.billing import CLEARINGHOUSE, PAYER, Answer, Claim
from orchestration.simulator.claim_837 import payer_claim_number
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import money
from orchestration.simulator.practice import PRACTICE_NAME, Payer, Practice
from orchestration.simulator.x12_writer import Segment

Record = dict[str, Any]

FILE_GUIDE = "005010X231A1"
CLAIM_GUIDE = "005010X214"
STATUS_GUIDE = "005010X212"
_ASKED = ("P3", "123")


def file_answer_body(
    guide: str, group: str, answers: Sequence[tuple[str, bool]], sent: int
) -> Iterator[Segment]:
    """Yield a 999: for each transaction of a group whether it could be read.

    `answers` are control numbers and verdicts; `sent` is how many there were.
    """
    yield ("AK1", "HC", group, guide)
    for number, is_good in answers:
        yield ("AK2", "837", number, guide)
        if not is_good:
            yield ("IK3", "NM1", "8", "2010", "8")
            yield ("IK4", "9", "67", "7")
        yield ("IK5", "A") if is_good else ("IK5", "R", "5")
    accepted = sum(is_good for _, is_good in answers)
    verdict = "A" if accepted == len(answers) else "P" if accepted else "R"
    yield ("AK9", verdict, str(sent), str(len(answers)), str(accepted))


def answer_record(journey: Journey, claim: Claim, answer: Answer) -> Record:
    """Return one answer to one claim, as plain values."""
    return {
        "control_number": claim.control_number,
        "patient": journey.patient.number,
        "payer": journey.patient.payer.number,
        "entity": answer.entity,
        "category": answer.category,
        "status": answer.status,
        "about": answer.about,
        "is_rejection": answer.is_rejection,
        "amount": money(claim.amount_cents),
        "payer_number": payer_claim_number(journey, claim),
        "service_date": claim.charges[0].service_date.replace("-", ""),
    }


def question_record(journey: Journey, claim: Claim) -> Record:
    """Return the payer's word that it waits for information, as plain values."""
    category, status = _ASKED
    answer = Answer(claim.information_asked_at, PAYER, category, status)
    return answer_record(journey, claim, answer)


def answers_body(
    practice: Practice,
    payer: Payer | None,
    said_at: datetime,
    records: Sequence[Record],
) -> Iterator[Segment]:
    """Yield a 277CA of the clearinghouse, or of a payer, about some claims."""
    yield from _header(payer, said_at, "08", "TH")
    day = said_at.strftime("%Y%m%d")
    yield ("TRN", "1", f"{day}{payer.number if payer else 0:02d}")
    yield ("DTP", "050", "D8", day)
    yield ("DTP", "009", "D8", day)
    yield ("HL", "2", "1", "21", "1")
    yield ("NM1", "41", "2", PRACTICE_NAME, "", "", "", "", "46", "TESTPRACTICE")
    yield ("HL", "3", "2", "19", "1")
    yield ("NM1", "85", "2", PRACTICE_NAME, "", "", "", "", "XX", practice.npi)
    for level, record in enumerate(records, start=4):
        yield ("HL", str(level), "3", "PT")
        yield from _patient(record)
        yield ("TRN", "2", record["control_number"])
        yield _status(record, day, with_verdict=True)
        if record["entity"] == PAYER and not record["is_rejection"]:
            yield ("REF", "1K", record["payer_number"])
        yield ("DTP", "472", "D8", record["service_date"])


def questions_body(
    practice: Practice, payer: Payer, said_at: datetime, records: Sequence[Record]
) -> Iterator[Segment]:
    """Yield a 277 in which a payer says which claims wait for information."""
    yield from _header(payer, said_at, "10", "DG")
    day = said_at.strftime("%Y%m%d")
    yield ("HL", "2", "1", "21", "1")
    yield ("NM1", "41", "2", PRACTICE_NAME, "", "", "", "", "46", "TESTPRACTICE")
    yield ("HL", "3", "2", "19", "1")
    yield ("NM1", "1P", "2", PRACTICE_NAME, "", "", "", "", "XX", practice.npi)
    for level, record in enumerate(records, start=4):
        yield ("HL", str(level), "3", "22", "0")
        number = f"{record['patient']:07d}"
        name = (f"N{number}", "TESTPATIENT", "", "", "")
        yield ("NM1", "IL", "1", *name, "MI", f"M{number}")
        yield ("TRN", "2", f"T{record['control_number']}")
        yield _status(record, day, with_verdict=False)
        yield ("REF", "1K", record["payer_number"])
        yield ("REF", "EJ", record["control_number"])
        yield ("DTP", "472", "D8", record["service_date"])


def _header(
    payer: Payer | None, said_at: datetime, purpose: str, kind: str
) -> Iterator[Segment]:
    number = payer.number if payer else 0
    yield (
        "BHT",
        "0085" if kind == "TH" else "0010",
        purpose,
        f"{said_at:%Y%m%d%H%M}{number:02d}",
        said_at.strftime("%Y%m%d"),
        said_at.strftime("%H%M%S"),
        kind,
    )
    yield ("HL", "1", "", "20", "1")
    if payer is None:
        who = ("2", "TESTCLEARINGHOUSE", "", "", "", "", "46", "TESTCLEARING")
        yield ("NM1", CLEARINGHOUSE, *who)
    else:
        yield ("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.x12_id)


def _patient(record: Record) -> Iterator[Segment]:
    number = f"{record['patient']:07d}"
    name = (f"N{number}", "TESTPATIENT", "", "", "")
    yield ("NM1", "QC", "1", *name, "MI", f"M{number}")


def _status(record: Record, day: str, *, with_verdict: bool) -> Segment:
    status: tuple[str, ...] = (record["category"], record["status"])
    if record["about"]:
        status = (*status, record["about"])
    verdict = ("U" if record["is_rejection"] else "WQ") if with_verdict else ""
    return ("STC", status, day, verdict, record["amount"])
