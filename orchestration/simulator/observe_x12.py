"""What clearinghouse and payers put into files: claims, answers and payments.

Claims leave in daily runs; each payer sends one remittance per payment day.
Records wait on disk until their file is complete.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from orchestration.simulator.acknowledgement_writer import AcknowledgementWriter
from orchestration.simulator.billing import INSTITUTIONAL, Claim, Submission
from orchestration.simulator.claim_837 import (
    GUIDES,
    Purpose,
    claim_record,
    claims_body,
)
from orchestration.simulator.exchange import (
    CLEARINGHOUSE_ID,
    PRACTICE_ID,
    usual,
    write,
)
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import Spill
from orchestration.simulator.parameters import dice
from orchestration.simulator.parts import Parts
from orchestration.simulator.practice import Payer
from orchestration.simulator.remittance_835 import remittance_body, remittance_record
from orchestration.simulator.strays import stray_claim_number
from orchestration.simulator.world import World
from orchestration.simulator.x12_writer import Envelope, Segment, Separators

_UNUSUAL_FILE = 2
_UNUSUAL = Separators("|", ">", "!", "'", "\n")
# What a transaction holds: claims, claims sent again, reports, claims in a file
# that cannot be read, and claims in one that nobody answers.
_USUAL, _REISSUE, _REPORT, _BROKEN, _UNANSWERED = range(5)
_ADJUSTMENT = "provider_adjustment"


class ExchangeWriter:
    """Collects what was sent, answered and paid by one time, then writes the files."""

    def __init__(self, parts: Parts, scratch: Path, world: World) -> None:
        self._parts = parts
        self._world = world
        self._claims = Spill(scratch / "claims")
        self._remittances = Spill(scratch / "remittances")
        self._answers = AcknowledgementWriter(parts, scratch, world)

    def add(self, journey: Journey) -> None:
        """Take in the claims of an encounter and all answers; a joint one once."""
        for claim in journey.claims:
            if claim.encounter_ids[0] == journey.encounter_id:
                self._add_claim(journey, claim)

    def _add_claim(self, journey: Journey, claim: Claim) -> None:
        at = self._world.as_of
        for sent in claim.submissions:
            if sent.sent_at <= at:
                is_institutional = int(claim.form == INSTITUTIONAL)
                key = (sent.sent_at, is_institutional, _batch(claim, sent))
                self._claims.add(key, claim_record(journey, claim))
        for decision in claim.decisions:
            if decision.decided_at <= at:
                pay_key = (decision.decided_at, journey.patient.payer.number)
                record = remittance_record(journey, claim, decision)
                self._remittances.add(pay_key, record)
        self._answers.add(journey, claim)
        self._add_stray(journey, claim)

    def _add_stray(self, journey: Journey, claim: Claim) -> None:
        """Take in the payer's answer to a claim that nobody made, if there is one."""
        number = stray_claim_number(journey, self._world.as_of)
        if number and claim is journey.claims[0]:
            decision = claim.decisions[0]
            key = (decision.decided_at, journey.patient.payer.number)
            record = remittance_record(journey, claim, decision)
            self._remittances.add(key, {**record, "control_number": number})

    def close(self) -> None:
        """Write all files."""
        files: dict[tuple[int, int], list[int]] = {}
        for run, form, batch in self._claims.keys():  # noqa: SIM118
            files.setdefault((run, form), []).append(batch)
        for number, (key, batches) in enumerate(files.items(), start=1):
            self._write_claims(number, key, batches)
        for number, pay_key in enumerate(self._remittances.keys(), start=1):
            self._write_remittance(number, pay_key)
        self._answers.close()

    def _write_claims(
        self, number: int, key: tuple[int, int], batches: list[int]
    ) -> None:
        run, form = key
        made_at = datetime.fromtimestamp(run, UTC)
        guide = GUIDES[bool(form)]
        envelope = Envelope(
            functional_id="HC",
            transaction_type="837",
            implementation=guide,
            sender=PRACTICE_ID,
            receiver=CLEARINGHOUSE_ID,
            control_number=number,
            made_at=made_at,
        )
        # The second file went out through another program.
        separators = _UNUSUAL if number == _UNUSUAL_FILE else usual(number)
        name = f"claims-{made_at:%Y%m%d}-{number:04d}.837"
        verdicts: list[tuple[str, bool | None]] = []
        transactions = self._transactions(key, batches, verdicts)
        target = self._parts.folder(run) / "837" / name
        write(target, envelope, separators, transactions)
        self._answers.answer_file(envelope, run, verdicts)

    def _transactions(
        self,
        key: tuple[int, int],
        batches: list[int],
        verdicts: list[tuple[str, bool | None]],
    ) -> Iterator[Iterator[Segment]]:
        """Yield the transactions of a file; note the verdict on each, if it has one."""
        size = self._world.parameters.claims_per_transaction
        run, form = key
        part = 0
        for batch in batches:
            records = self._claims.read((run, form, batch))
            purpose = Purpose(is_reissue=batch == _REISSUE, is_report=batch == _REPORT)
            while claims := list(islice(records, size)):
                part += 1
                verdict = None if batch == _UNANSWERED else batch != _BROKEN
                verdicts.append((f"{part:04d}", verdict))
                sent_at = datetime.fromtimestamp(run, UTC)
                number = part + 500 * form
                practice = self._world.practice
                yield claims_body(practice, sent_at, number, claims, purpose)

    def _write_remittance(self, number: int, key: tuple[int, ...]) -> None:
        paid_at = datetime.fromtimestamp(key[0], UTC)
        payer = self._payer(key[1])
        envelope = Envelope(
            functional_id="HP",
            transaction_type="835",
            implementation="005010X221A1",
            sender=payer.x12_id,
            receiver=PRACTICE_ID,
            control_number=number,
            made_at=paid_at,
        )
        records: list[dict[str, Any]] = list(self._remittances.read(key))
        recovered = self._recovered(key)
        practice = self._world.practice
        body = remittance_body(practice, payer, paid_at, records, recovered)
        name = f"remittance-{paid_at:%Y%m%d}-{payer.x12_id.lower()}.835"
        target = self._parts.folder(key[0]) / "835" / name
        write(target, envelope, usual(number), [body])

    def _recovered(self, key: tuple[int, ...]) -> int:
        """Return what the payer keeps of a payment to settle an old account."""
        world = self._world
        if _ADJUSTMENT not in world.defects:
            return 0
        rng = dice(world.practice.seed, _ADJUSTMENT, key[0] * 10 + key[1])
        is_kept = rng.random() < world.parameters.rates[_ADJUSTMENT]
        return world.parameters.recovered_cents if is_kept else 0

    def _payer(self, number: int) -> Payer:
        return self._world.practice.payers[number - 1]


def _batch(claim: Claim, sent: Submission) -> int:
    if claim.is_report:
        return _REPORT
    if sent.is_reissue:
        return _REISSUE
    return (
        _BROKEN if sent.is_file_rejected else _USUAL if sent.is_heard else _UNANSWERED
    )
