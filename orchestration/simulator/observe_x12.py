"""What the clearinghouse and the payers put into files: claims and payments.

Claims leave in runs, a few runs to a file; each payer sends one remittance per
payment day. Records wait on disk until their file is complete.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from orchestration.simulator.claim_837 import claim_record, claims_body
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import ByteFile, Spill
from orchestration.simulator.practice import Payer
from orchestration.simulator.remittance_835 import remittance_body, remittance_record
from orchestration.simulator.runs import business_day_number
from orchestration.simulator.world import World
from orchestration.simulator.x12_writer import (
    Envelope,
    Segment,
    Separators,
    interchange,
)

PRACTICE_ID = "TESTPRACTICE"
CLEARINGHOUSE_ID = "TESTCLEARING"
_UNUSUAL_FILE = 2
_UNUSUAL = Separators("|", ">", "!", "'", "\n")


class ExchangeWriter:
    """Collects what was sent and paid by one time, then writes the files."""

    def __init__(self, landing: Path, scratch: Path, world: World) -> None:
        self._landing = landing
        self._world = world
        self._claims = Spill(scratch / "claims")
        self._remittances = Spill(scratch / "remittances")

    def add(self, journey: Journey) -> None:
        """Take in the claim of an encounter and the answer to it, when they exist."""
        at = self._world.as_of
        if journey.claim_submitted_at > at:
            return
        self._claims.add((journey.claim_submitted_at,), claim_record(journey))
        decision = journey.decision
        if decision is not None and decision.decided_at <= at:
            key = (decision.decided_at, journey.patient.payer.number)
            self._remittances.add(key, remittance_record(journey, decision))

    def close(self) -> None:
        """Write all 837 and 835 files."""
        days = self._world.parameters.submission_days_per_file
        runs = [key[0] for key in self._claims.keys()]  # noqa: SIM118
        grouped = groupby(runs, key=lambda run: business_day_number(run) // days)
        for number, (_, group) in enumerate(grouped, start=1):
            self._write_claims(number, list(group))
        for number, key in enumerate(self._remittances.keys(), start=1):
            self._write_remittance(number, key)

    def _write_claims(self, number: int, runs: list[int]) -> None:
        made_at = datetime.fromtimestamp(runs[-1], UTC)
        envelope = Envelope(
            functional_id="HC",
            transaction_type="837",
            implementation="005010X222A1",
            sender=PRACTICE_ID,
            receiver=CLEARINGHOUSE_ID,
            control_number=number,
            made_at=made_at,
        )
        # The second file went out through another program.
        separators = _UNUSUAL if number == _UNUSUAL_FILE else _usual(number)
        name = f"claims-{made_at:%Y%m%d}-{number:04d}.837"
        target = self._landing / "837" / name
        _write(target, envelope, separators, self._claim_transactions(runs))

    def _claim_transactions(self, runs: list[int]) -> Iterator[Iterator[Segment]]:
        size = self._world.parameters.claims_per_transaction
        for run in runs:
            records = self._claims.read((run,))
            part = 0
            while batch := list(islice(records, size)):
                part += 1
                yield claims_body(
                    self._world.practice,
                    datetime.fromtimestamp(run, UTC),
                    part,
                    batch,
                )

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
        body = remittance_body(self._world.practice, payer, paid_at, records)
        name = f"remittance-{paid_at:%Y%m%d}-{payer.x12_id.lower()}.835"
        _write(self._landing / "835" / name, envelope, _usual(number), [body])

    def _payer(self, number: int) -> Payer:
        return self._world.practice.payers[number - 1]


def _usual(number: int) -> Separators:
    """Every other file has a line break after each segment."""
    return Separators(line_break="\n" if number % 2 else "")


def _write(
    target: Path,
    envelope: Envelope,
    separators: Separators,
    transactions: Iterable[Iterable[Segment]],
) -> None:
    out = ByteFile(target)
    for segment in interchange(envelope, separators, transactions):
        out.write(segment)
    out.close()
