"""The body of an 837: what a claim says, X12 005010X222A1 and 005010X223A2.

A record is what has to be kept of a claim until its file is written; a body is
the segments between ST and SE.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.simulator.billing import INSTITUTIONAL, Charge, Claim
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import money
from orchestration.simulator.practice import PRACTICE_NAME, Payer, Practice, Provider
from orchestration.simulator.x12_writer import Segment

Record = dict[str, Any]

GUIDES = {False: "005010X222A1", True: "005010X223A2"}
_OFFICE, _TELEHEALTH, _OUTPATIENT = "11", "02", "13"
_REVENUE_CODE = "0510"


@dataclass(frozen=True)
class Purpose:
    """What the header of a transaction says its claims are sent for."""

    is_reissue: bool = False
    is_report: bool = False


def payer_claim_number(journey: Journey, claim: Claim) -> str:
    """Return the number that the payer gives a claim."""
    return f"ICN{journey.patient.payer.number}{claim.control_number[1:]}"


def claim_record(journey: Journey, claim: Claim) -> Record:
    """Return what a claim says, as plain values."""
    patient = journey.patient
    rendering = journey.cosigner or journey.provider
    replaced = claim.replaces
    return {
        "control_number": claim.control_number,
        "amount": money(claim.amount_cents),
        "place": _TELEHEALTH if journey.visit_type.is_virtual else _OFFICE,
        "frequency": claim.frequency,
        "replaces": payer_claim_number(journey, replaced) if replaced else "",
        "is_institutional": claim.form == INSTITUTIONAL,
        "patient": patient.number,
        "birth_date": patient.birth_date.replace("-", ""),
        "payer": patient.payer.number,
        "provider": rendering.number,
        "diagnosis": journey.diagnosis_code if journey.has_diagnosis else "",
        "lines": [_line(charge) for charge in claim.charges],
    }


def _line(charge: Charge) -> list[str]:
    return [
        charge.code,
        charge.modifier,
        money(charge.amount_cents),
        str(charge.units),
        charge.charge_id,
        charge.service_date.replace("-", ""),
    ]


def claims_body(
    practice: Practice,
    sent_at: datetime,
    part: int,
    records: Iterable[Record],
    purpose: Purpose = Purpose(),
) -> Iterator[Segment]:
    """Yield the segments of one transaction: claims sent in one run."""
    yield (
        "BHT",
        "0019",
        "18" if purpose.is_reissue else "00",
        f"{sent_at:%Y%m%d}{part:03d}",
        sent_at.strftime("%Y%m%d"),
        sent_at.strftime("%H%M%S"),
        "RP" if purpose.is_report else "CH",
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


def _claim(record: Record, provider: Provider) -> Iterator[Segment]:
    is_institutional = record["is_institutional"]
    place = _OUTPATIENT if is_institutional else record["place"]
    kind = "A" if is_institutional else "B"
    where = (place, kind, record["frequency"])
    number, total = record["control_number"], record["amount"]
    if is_institutional:
        yield ("CLM", number, total, "", "", where, "", "A", "Y", "Y")
        days = sorted(line[-1] for line in record["lines"])
        yield ("DTP", "434", "RD8", f"{days[0]}-{days[-1]}")
        yield ("CL1", "3", "1", "01")
    else:
        yield ("CLM", number, total, "", "", where, "Y", "A", "Y", "Y")
    yield ("REF", "EA", f"PT-{record['patient']:07d}")
    if record["replaces"]:
        yield ("REF", "F8", record["replaces"])
    pointer = ("", "", "1") if record["diagnosis"] else ()
    if pointer:
        yield ("HI", ("ABK", record["diagnosis"]))
    given, family = provider.name.upper().split()
    role = "71" if is_institutional else "82"
    yield ("NM1", role, "1", family, given, "", "", "", "XX", provider.npi)
    for place_in_claim, line in enumerate(record["lines"], start=1):
        code, modifier, amount, units, charge_id, day = line
        procedure = ("HC", code, modifier) if modifier else ("HC", code)
        yield ("LX", str(place_in_claim))
        if is_institutional:
            yield ("SV2", _REVENUE_CODE, procedure, amount, "UN", units)
        else:
            yield ("SV1", procedure, amount, "UN", units, *pointer)
        yield ("DTP", "472", "D8", day)
        yield ("REF", "6R", charge_id)
