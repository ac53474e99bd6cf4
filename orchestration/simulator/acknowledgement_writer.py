"""Which files come back about claims: 999, 277CA and 277, with what is in them.

Answers wait on disk until their file is complete. The EHR with flat extracts
takes its answers from the clearinghouse's portal; they are in its own feed.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.simulator.acknowledgement_files import (
    CLAIM_GUIDE,
    FILE_GUIDE,
    STATUS_GUIDE,
    answer_record,
    answers_body,
    file_answer_body,
    question_record,
    questions_body,
)
from orchestration.simulator.billing import CLEARINGHOUSE, Claim
from orchestration.simulator.exchange import (
    CLEARINGHOUSE_ID,
    PRACTICE_ID,
    usual,
    write,
)
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import Spill
from orchestration.simulator.parts import Parts
from orchestration.simulator.practice import CSV, Payer
from orchestration.simulator.runs import DAY
from orchestration.simulator.world import ACKNOWLEDGEMENTS, World
from orchestration.simulator.x12_writer import Envelope


class AcknowledgementWriter:
    """Collects what was answered by one time, then writes the files."""

    def __init__(self, parts: Parts, scratch: Path, world: World) -> None:
        self._parts = parts
        self._world = world
        self._answers = Spill(scratch / "answers")
        self._questions = Spill(scratch / "questions")

    def add(self, journey: Journey, claim: Claim) -> None:
        """Take in the answers to one claim."""
        at = self._world.as_of
        if journey.facility.system == CSV or claim.is_report:
            return
        for sent in claim.submissions:
            for answer in sent.answers:
                if answer.at <= at:
                    is_own = answer.entity == CLEARINGHOUSE
                    payer = 0 if is_own else journey.patient.payer.number
                    record = answer_record(journey, claim, answer)
                    self._answers.add((answer.at, payer), record)
        asked_at = claim.information_asked_at
        if asked_at <= at:
            is_later = int(self._parts.is_later(asked_at))
            key = (asked_at // DAY, is_later, journey.patient.payer.number)
            self._questions.add(key, question_record(journey, claim))

    def answer_file(
        self, sent: Envelope, sent_at: int, verdicts: list[tuple[str, bool | None]]
    ) -> None:
        """Write the 999 to a file of claims, when there is one."""
        said_at = sent_at + self._world.parameters.file_answer_seconds
        answers = [(name, is_good) for name, is_good in verdicts if is_good is not None]
        is_known = said_at <= self._world.as_of and answers
        if ACKNOWLEDGEMENTS not in self._world.defects or not is_known:
            return
        said = datetime.fromtimestamp(said_at, UTC)
        number = sent.control_number
        envelope = _envelope(FILE_GUIDE, CLEARINGHOUSE_ID, number, said)
        group, guide = str(number), sent.implementation
        body = file_answer_body(guide, group, answers, len(verdicts))
        folder = self._parts.folder(said_at) / "999"
        target = folder / f"answer-{said:%Y%m%d}-{number:04d}.999"
        write(target, envelope, usual(number), [body])

    def close(self) -> None:
        """Write the 277CA and 277 files."""
        for number, key in enumerate(self._answers.keys(), start=1):
            at, payer_number = key
            said = datetime.fromtimestamp(at, UTC)
            payer = self._payer(payer_number)
            sender = payer.x12_id if payer else CLEARINGHOUSE_ID
            records: list[dict[str, Any]] = list(self._answers.read(key))
            body = answers_body(self._world.practice, payer, said, records)
            name = f"claims-answered-{said:%Y%m%d}-{sender.lower()}.277"
            envelope = _envelope(CLAIM_GUIDE, sender, number, said)
            target = self._parts.folder(at) / "277" / name
            write(target, envelope, usual(number), [body])
        for number, key in enumerate(self._questions.keys(), start=1):
            self._ask(number, key)

    def _ask(self, number: int, key: tuple[int, ...]) -> None:
        """Write the questions of a payer's day; the day of a split has two files."""
        day, is_later, payer_number = key
        payer = self._world.practice.payers[payer_number - 1]
        split_at = self._parts.split_at
        end = self._world.as_of if is_later else min(self._world.as_of, split_at)
        at = min((day + 1) * DAY - 1, end)
        said = datetime.fromtimestamp(at, UTC)
        records: list[dict[str, Any]] = list(self._questions.read(key))
        body = questions_body(self._world.practice, payer, said, records)
        rest = "-later" if is_later and day == split_at // DAY else ""
        name = f"claims-pending-{said:%Y%m%d}-{payer.x12_id.lower()}{rest}.277"
        envelope = _envelope(STATUS_GUIDE, payer.x12_id, number, said)
        target = self._parts.folder(at) / "277" / name
        write(target, envelope, usual(number), [body])

    def _payer(self, number: int) -> Payer | None:
        return self._world.practice.payers[number - 1] if number else None


def _envelope(guide: str, sender: str, number: int, at: datetime) -> Envelope:
    is_of_file = guide == FILE_GUIDE
    return Envelope(
        functional_id="FA" if is_of_file else "HN",
        transaction_type="999" if is_of_file else "277",
        implementation=guide,
        sender=sender,
        receiver=PRACTICE_ID,
        control_number=number,
        made_at=at,
    )
