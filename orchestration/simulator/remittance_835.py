"""The body of an 835: what a payer answers and pays, X12 005010X221A1.

A record is what has to be kept of a payer's decision until its file is written;
a body is the segments between ST and SE. Charge = paid + adjustments, on every
line and every claim; the payment is the sum of its claims less what the payer
settles with the provider apart from any claim.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from orchestration.simulator.billing import (
    INSTITUTIONAL,
    Claim,
    Decision,
    LineDecision,
)
from orchestration.simulator.claim_837 import payer_claim_number
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import money
from orchestration.simulator.practice import PRACTICE_NAME, Payer, Practice
from orchestration.simulator.x12_writer import Segment

Record = dict[str, Any]

_CLAIM_TYPES = {"CI": "12", "MB": "MB", "MC": "MC"}
_INTEREST, _RECOVERY = "L6", "WO"


def remittance_record(journey: Journey, claim: Claim, decision: Decision) -> Record:
    """Return what a payer decided about a claim, as plain values."""
    return {
        "control_number": claim.control_number,
        "status": decision.status,
        "frequency": claim.frequency,
        "place": "13" if claim.form == INSTITUTIONAL else "11",
        "payer_number": payer_claim_number(journey, claim),
        "charge_cents": sum(line.charge.amount_cents for line in decision.lines),
        "paid_cents": decision.paid_cents,
        "interest_cents": decision.interest_cents,
        "remarks": list(decision.claim_remarks),
        "patient": journey.patient.number,
        "lines": [_line_record(line) for line in decision.lines],
    }


def _line_record(line: LineDecision) -> Record:
    return {
        "code": line.charge.code,
        "modifier": line.charge.modifier,
        "units": line.charge.units,
        "charge_id": line.charge.charge_id,
        "service_date": line.charge.service_date.replace("-", ""),
        "charge_cents": line.charge.amount_cents,
        "paid_cents": line.paid_cents,
        "adjustments": [
            [part.group, part.reason, part.amount_cents] for part in line.adjustments
        ],
        "remarks": list(line.remarks),
    }


def remittance_body(
    practice: Practice,
    payer: Payer,
    paid_at: datetime,
    records: Sequence[Record],
    recovered_cents: int = 0,
) -> Iterator[Segment]:
    """Yield the segments of one payment of one payer, with all its claims.

    `recovered_cents` is what the payer keeps of it to settle an old account.
    """
    day = paid_at.strftime("%Y%m%d")
    interest = sum(record["interest_cents"] for record in records)
    paid = sum(record["paid_cents"] for record in records)
    recovered = min(recovered_cents, paid)
    yield _payment(paid + interest - recovered, day)
    yield ("TRN", "1", f"{day}{payer.number:02d}", f"199000000{payer.number}")
    yield ("REF", "EV", "TESTPRACTICE")
    yield ("DTM", "405", day)
    yield ("N1", "PR", payer.name)
    yield ("N3", "3 TEST STREET")
    yield ("N4", "TESTTOWN", "NY", "100010000")
    yield ("REF", "2U", payer.x12_id)
    yield ("PER", "BL", "TEST PROVIDER SERVICES", "TE", "5550100001")
    yield ("N1", "PE", PRACTICE_NAME, "XX", practice.npi)
    yield ("LX", "1")
    for record in records:
        yield from _claim(record, payer)
    apart = [(_INTEREST, -interest), (_RECOVERY, recovered)]
    for kind, cents in apart:
        if cents:
            year_end = f"{day[:4]}1231"
            yield ("PLB", practice.npi, year_end, (kind, f"TEST{day}"), money(cents))


def _payment(total_cents: int, day: str) -> Segment:
    if not total_cents:
        return ("BPR", "H", "0", "C", "NON", *[""] * 11, day)
    sender = ("01", "000000000", "DA", "000000001", "1990000000", "")
    receiver = ("01", "000000000", "DA", "000000002")
    amount = money(total_cents)
    return ("BPR", "I", amount, "C", "ACH", "CCP", *sender, *receiver, day)


def _claim(record: Record, payer: Payer) -> Iterator[Segment]:
    number = f"{record['patient']:07d}"
    patient_cents = sum(
        cents
        for line in record["lines"]
        for group, _, cents in line["adjustments"]
        if group == "PR"
    )
    yield (
        "CLP",
        record["control_number"],
        record["status"],
        money(record["charge_cents"]),
        money(record["paid_cents"]),
        money(patient_cents) if patient_cents else "",
        _CLAIM_TYPES[payer.filing_indicator],
        record["payer_number"],
        record["place"],
        record["frequency"],
    )
    name = (f"N{number}", "TESTPATIENT", "", "", "")
    yield ("NM1", "QC", "1", *name, "MI", f"M{number}")
    if record["remarks"]:
        yield ("MOA", "", "", *record["remarks"])
    yield ("DTM", "232", record["lines"][0]["service_date"])
    if record["interest_cents"]:
        yield ("AMT", "I", money(record["interest_cents"]))
    for line in record["lines"]:
        yield from _line(line)


def _line(line: Record) -> Iterator[Segment]:
    code, modifier = line["code"], line["modifier"]
    procedure = ("HC", code, modifier) if modifier else ("HC", code)
    charge, paid = money(line["charge_cents"]), money(line["paid_cents"])
    yield ("SVC", procedure, charge, paid, "", str(line["units"]))
    yield ("DTM", "472", line["service_date"])
    for group, reason, cents in line["adjustments"]:
        yield ("CAS", group, reason, money(cents))
    yield ("REF", "6R", line["charge_id"])
    for remark in line["remarks"]:
        yield ("LQ", "HE", remark)
