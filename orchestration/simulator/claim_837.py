"""The body of an 837P: what a claim says, X12 005010X222A1.

A record is what has to be kept of a journey until its file is written; a body
is the segments between ST and SE.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from orchestration.simulator.journey import Charge, Journey
from orchestration.simulator.output import money
from orchestration.simulator.practice import PRACTICE_NAME, Payer, Practice, Provider
from orchestration.simulator.x12_writer import Segment

Record = dict[str, Any]

_OFFICE, _TELEHEALTH = "11", "02"


def claim_record(journey: Journey) -> Record:
    """Return what the claim of a journey says, as plain values."""
    patient = journey.patient
    rendering = journey.cosigner or journey.provider
    return {
        "control_number": journey.patient_control_number,
        "amount": money(journey.amount_cents),
        "place": _TELEHEALTH if journey.visit_type.is_virtual else _OFFICE,
        "patient": patient.number,
        "birth_date": patient.birth_date.replace("-", ""),
        "payer": patient.payer.number,
        "provider": rendering.number,
        "diagnosis": journey.diagnosis_code,
        "service_date": journey.service_date.replace("-", ""),
        "lines": [_line(charge) for charge in journey.charges],
    }


def _line(charge: Charge) -> list[str]:
    return [
        charge.code,
        charge.modifier,
        money(charge.amount_cents),
        str(charge.units),
        charge.charge_id,
    ]


def claims_body(
    practice: Practice, sent_at: datetime, part: int, records: Iterable[Record]
) -> Iterator[Segment]:
    """Yield the segments of one transaction: original claims sent in one run."""
    yield (
        "BHT",
        "0019",
        "00",
        f"{sent_at:%Y%m%d}{part:03d}",
        sent_at.strftime("%Y%m%d"),
        sent_at.strftime("%H%M%S"),
        "CH",
    )
    yield ("NM1", "41", "2", PRACTICE_NAME, "", "", "", "", "46", "TESTPRACTICE")
    yield ("PER", "IC", "TEST BILLING OFFICE", "TE", "5550100000")
    yield ("NM1", "40", "2", "TESTCLEARINGHOUSE", "", "", "", "", "46", "TESTCLEARING")
    yield ("HL", "1", "", "20", "1")
    yield ("NM1", "85", "2", PRACTICE_NAME, "", "", "", "", "XX", practice.npi)
    yield ("N3", "1 TEST STREET")
    yield ("N4", "TESTTOWN", "NY", "100010000")
    yield ("REF", "EI", "990000000")
    for level, record in enumerate(records, start=2):
        payer = practice.payers[record["payer"] - 1]
        yield from _subscriber(level, record, payer)
        yield from _claim(record, practice.providers[record["provider"] - 1])


def _subscriber(level: int, record: Record, payer: Payer) -> Iterator[Segment]:
    number = f"{record['patient']:07d}"
    yield ("HL", str(level), "1", "22", "0")
    yield ("SBR", "P", "18", "", "", "", "", "", "", payer.filing_indicator)
    name = (f"N{number}", "TESTPATIENT", "", "", "")
    yield ("NM1", "IL", "1", *name, "MI", f"M{number}")
    yield ("N3", "2 TEST STREET")
    yield ("N4", "TESTTOWN", "NY", "100010000")
    yield ("DMG", "D8", record["birth_date"], "U")
    yield ("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.x12_id)


def _claim(record: Record, rendering: Provider) -> Iterator[Segment]:
    place = (record["place"], "B", "1")
    total = record["amount"]
    yield (
        "CLM", record["control_number"], total, "", "", place, "Y", "A", "Y", "Y",
    )  # fmt: skip
    yield ("REF", "EA", f"PT-{record['patient']:07d}")
    yield ("HI", ("ABK", record["diagnosis"]))
    given, family = rendering.name.upper().split()
    yield ("NM1", "82", "1", family, given, "", "", "", "XX", rendering.npi)
    for place_in_claim, line in enumerate(record["lines"], start=1):
        code, modifier, amount, units, charge_id = line
        procedure = ("HC", code, modifier) if modifier else ("HC", code)
        yield ("LX", str(place_in_claim))
        yield ("SV1", procedure, amount, "UN", units, "", "", "1")
        yield ("DTP", "472", "D8", record["service_date"])
        yield ("REF", "6R", charge_id)
