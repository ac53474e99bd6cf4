"""Every distribution, probability and named defect of the simulated practice.

Holds numbers and names only; what happens with them is in `practice` and
`world`. Times are hours unless the name says otherwise, money is US cents.
"""

import math
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from orchestration.simulator.rates import RATES, SWITCHES

DEFAULT_AS_OF = datetime(2026, 10, 31, 12, 0, tzinfo=UTC)

ALL_DEFECTS = frozenset(RATES) | SWITCHES


def parse_defects(text: str) -> frozenset[str]:
    """Turn `none`, `all` or names joined by commas into a set of defects.

    Raises ValueError, with the names that exist, when a name is not one of them.
    """
    if text.strip() == "all":
        return ALL_DEFECTS
    if text.strip() == "none":
        return frozenset()
    return checked_defects(frozenset(part.strip() for part in text.split(",")))


def checked_defects(names: frozenset[str]) -> frozenset[str]:
    """Return the names when all of them are defects, else raise ValueError."""
    if names <= ALL_DEFECTS:
        return names
    known = ", ".join(sorted(ALL_DEFECTS))
    unknown = ", ".join(repr(name) for name in sorted(names - ALL_DEFECTS))
    message = f"unknown defect {unknown}; use none, all or some of: {known}"
    raise ValueError(message)


def dice(seed: int, kind: str, number: int) -> Random:
    """Return the random numbers of one thing, whatever others there are."""
    return Random(f"{seed}/{kind}/{number}")  # noqa: S311 - nothing secret


@dataclass(frozen=True)
class Delay:
    """A lognormal waiting time, cut at a longest one."""

    median_hours: float
    sigma: float
    max_hours: float

    def draw(self, rng: Random) -> int:
        """Return one waiting time in whole seconds, at least one minute."""
        hours = self.median_hours * math.exp(rng.gauss(0.0, self.sigma))
        return max(60, int(3600 * min(hours, self.max_hours)))


@dataclass(frozen=True)
class Span:
    """A waiting time that is equally likely anywhere between two ends."""

    low_hours: float
    high_hours: float

    def draw(self, rng: Random) -> int:
        """Return one waiting time in whole seconds."""
        return int(3600 * rng.uniform(self.low_hours, self.high_hours))


@dataclass(frozen=True)
class VisitType:
    """What kind of visit it is, how long it takes and what may be charged."""

    code: str
    weight: float
    minutes: int
    is_virtual: bool
    charge_codes: tuple[tuple[str, int], ...]


# Prices are invented; codes stand alone, as descriptions belong to their owner.
VISIT_TYPES = (
    VisitType("office_visit", 0.57, 20, False, (("99213", 14500), ("99214", 20500))),
    VisitType("telehealth", 0.16, 18, True, (("99212", 9500), ("99213", 13000))),
    VisitType("procedure", 0.12, 45, False, (("11102", 21000), ("20610", 18500))),
    VisitType("consult", 0.15, 40, False, (("99204", 28000), ("99243", 24000))),
)
NURSE_VISIT = VisitType("nurse_visit", 0.0, 12, False, ())
ADD_ON_CODES = (("36415", 1800), ("81002", 1200), ("93000", 6500))
PROCEDURE_ADD_ON_CODES = (("36415", 1800), ("88305", 11000), ("93000", 6500))
DIAGNOSIS_CODES = ("I10", "E119", "J069", "M545", "R51", "Z0000")


@dataclass(frozen=True)
class Parameters:
    """The numbers of one practice; written to `truth/parameters.json` as they are."""

    # Share to which a defect happens while its switch is on.
    rates: dict[str, float] = field(default_factory=lambda: dict(RATES))
    encounters_per_patient: int = 3
    # The calendar, in days before (-) or after as_of.
    first_visit_day: int = -180
    last_visit_day: int = 14
    last_visit_day_without_recent_work: int = -120
    # Few visits last long enough to be seen going on; these run across as_of.
    ongoing_share: float = 0.01
    ongoing_minutes_before: int = 40
    early_export_days_before: int = 30
    early_export_days_covered: int = 60

    booking_lead: Delay = Delay(240, 1.0, 1440)
    late_booking: Span = Span(1, 240)
    arrival_minutes_mean: float = -5.0
    arrival_minutes_sigma: float = 8.0
    arrival_minutes_limit: float = 25.0
    waiting_room: Span = Span(0.03, 0.4)
    duration_factor: tuple[float, float] = (0.7, 1.4)
    noshow_marked: Span = Span(0.34, 1.0)

    note_start: Delay = Delay(0.6, 1.0, 48)
    same_day_signature: Delay = Delay(0.8, 0.9, 9)
    provider_later_median_hours: tuple[float, float] = (18.0, 72.0)
    provider_later_sigma: tuple[float, float] = (0.5, 0.9)
    provider_same_day_share: tuple[float, float] = (0.35, 0.9)
    signature_max_hours: float = 360.0
    # From this day on, in days from as_of, authors of one facility take so many times
    # as long to sign; at 1 nothing changes.
    shift_facility: str = "F2"
    shift_day: int = 0
    shift_factor: float = 1.0
    cosignature: Delay = Delay(20, 0.9, 168)
    replacement_start: Span = Span(1, 36)
    replacement_signature: Delay = Delay(6, 0.8, 120)

    signed_after_bill: Span = Span(300, 600)
    charge_entry: Delay = Delay(8, 1.0, 72)
    charge_line_counts: tuple[float, float, float] = (0.62, 0.28, 0.10)
    charge_line_seconds: int = 20
    claim_creation: Span = Span(0.2, 48)
    submission_second_of_day_utc: int = 80_100  # 22:15
    adjudication: Span = Span(240, 720)
    adjudication_second_of_day_utc: int = 54_000  # 15:00
    copay_share: float = 0.5
    copay_cents: int = 2000
    deductible_share_of_allowed: float = 0.2
    claims_per_transaction: int = 5000
    replayed_messages: int = 5

    # What comes back about a claim.
    file_answer_seconds: int = 1200
    clearinghouse_second_of_day_utc: int = 43_200
    payer_answer_second_of_day_utc: int = 64_800
    answer_due_business_days: int = 2
    file_answer_due_business_days: int = 1
    usual_response_days: int = 45
    late_response_days: Span = Span(1200, 2000)
    information_asked: Span = Span(48, 200)
    resubmission: Span = Span(20, 120)
    correction: Span = Span(24, 240)
    void: Span = Span(60, 200)
    reissue: Span = Span(24, 72)
    facility_share: float = 0.6
    interest_cents: int = 125
    recovered_cents: int = 3000

    # Coding, holds, registration and charges.
    coding_start: Span = Span(0.5, 12)
    coding_work: Span = Span(2, 60)
    query_start: Span = Span(0.2, 1.5)
    query_answer: Span = Span(1, 50)
    bill_hold_hours: int = 72
    short_hold: Span = Span(6, 150)
    hold_start: Span = Span(0.1, 6)
    missing_found: Span = Span(20, 300)
    missing_found_share: float = 0.4
    late_charge: Span = Span(24, 200)
    router_seconds: int = 900
    charge_correction: Span = Span(1, 20)
    appointment_open_hours: int = 24
    plausible_visit_hours: int = 12
    coverage_repaired_days: tuple[int, int] = (5, 40)
    coverage_repaired_share: float = 0.5

    # Notes that are opened again, and those by others.
    addendum_start: Span = Span(0.5, 20)
    addendum_signature: Span = Span(0.5, 40)
    edit_start: Span = Span(0.5, 20)
    edit_signature: Span = Span(0.3, 30)
    edited_after_submission_share: float = 0.4
    student_attested_share: float = 0.5
    leave_first_day: tuple[int, int] = (-165, -20)
    leave_days: int = 14
    # How long ago a visit was that everybody forgot to file.
    forgotten_days: tuple[int, int] = (345, 385)
    return_from_leave: Span = Span(1, 30)

    # The notes of one facility that one feed lost: days from the last visit day.
    outage_facility: str = "F4"
    outage_days: tuple[int, int] = (-12, -4)

    visit_types: tuple[VisitType, ...] = VISIT_TYPES
    denied_other_reasons: tuple[str, ...] = ("27", "29", "197")
    # Reason and remarks of denials for want of documentation, and for other causes.
    documentation_denials: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("16", ("N706",)),
        ("252", ("N706",)),
        ("252", ("M127",)),
        ("226", ("N102",)),
        ("50", ("N661", "M25")),
        ("150", ("N163",)),
        ("251", ("N705",)),
        ("B12", ()),
        ("16", ("N455",)),
        ("16", ("N3",)),
    )
    other_denials: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("27", ()),
        ("29", ()),
        ("197", ()),
        ("16", ()),
        ("16", ("MA130",)),
        ("97", ("M15",)),
        ("22", ()),
        ("210", ()),
        ("11", ()),
        ("236", ()),
        ("16", ("M76",)),
        ("16", ("N563",)),
    )
    unmapped_reason: str = "ZZ9"
    line_denial_reasons: tuple[str, ...] = ("97", "151", "4")

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values for JSON."""
        return asdict(self)
