"""The body of an 835: what a payer answers and pays, X12 005010X221A1.

A record is what has to be kept of a payer's decision until its file is written;
a body is the segments between ST and SE. Charge = paid + adjustments, on every
line and every claim, and the payment is the sum of its claims.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from orchestration.simulator.journey import Decision, Journey, LineDecision
from orchestration.simulator.output import money
from orchestration.simulator.practice import PRACTICE_NAME, Payer, Practice
from orchestration.simulator.x12_writer import Segment

Record = dict[str, Any]

_PROCESSED_AS_PRIMARY, _DENIED = "1", "4"
_CLAIM_TYPES = {"CI": "12", "MB": "MB", "MC": "MC"}


def remittance_record(journey: Journey, decision: Decision) -> Record:
    """Return what a payer decided about a claim, as plain values."""
    return {
        "control_number": journey.patient_control_number,
        "status": _DENIED if decision.is_denied else _PROCESSED_AS_PRIMARY,
        "charge_cents": journey.amount_cents,
        "paid_cents": decision.paid_cents,
        "patient": journey.patient.number,
        "service_date": journey.service_date.replace("-", ""),
        "lines": [_line_record(line) for line in decision.lines],
    }


def _line_record(line: LineDecision) -> Record:
    return {
        "code": line.charge.code,
        "modifier": line.charge.modifier,
        "units": line.charge.units,
        "charge_id": line.charge.charge_id,
        "charge_cents": line.charge.amount_cents,
        "paid_cents": line.paid_cents,
        "adjustments": [
            [part.group, part.reason, part.amount_cents] for part in line.adjustments
        ],
        "remark": line.remark,
    }


def remittance_body(
    practice: Practice, payer: Payer, paid_at: datetime, records: Sequence[Record]
) -> Iterator[Segment]:
    """Yield the segments of one payment of one payer, with all its claims."""
    day = paid_at.strftime("%Y%m%d")
    yield _payment(sum(record["paid_cents"] for record in records), day)
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
        f"ICN{payer.number}{record['control_number'][1:]}",
        "11",
        "1",
    )
    name = (f"N{number}", "TESTPATIENT", "", "", "")
    yield ("NM1", "QC", "1", *name, "MI", f"M{number}")
    yield ("DTM", "232", record["service_date"])
    for line in record["lines"]:
        yield from _line(line, record["service_date"])


def _line(line: Record, service_date: str) -> Iterator[Segment]:
    code, modifier = line["code"], line["modifier"]
    procedure = ("HC", code, modifier) if modifier else ("HC", code)
    charge, paid = money(line["charge_cents"]), money(line["paid_cents"])
    yield ("SVC", procedure, charge, paid, "", str(line["units"]))
    yield ("DTM", "472", service_date)
    for group, reason, cents in line["adjustments"]:
        yield ("CAS", group, reason, money(cents))
    yield ("REF", "6R", line["charge_id"])
    if line["remark"]:
        yield ("LQ", "HE", line["remark"])
