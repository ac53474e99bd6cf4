"""Every distribution, probability and named defect of the simulated practice.

Holds numbers and names only; what happens with them is in `practice` and
`world`. Times are hours unless the name says otherwise, money is US cents.
"""

import math
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

DEFAULT_AS_OF = datetime(2026, 10, 31, 12, 0, tzinfo=UTC)

STUCK_DEFECTS = (
    "note_not_started",
    "note_unsigned",
    "charge_missing",
    "claim_not_created",
    "claim_not_submitted",
    "denied_documentation",
    "denied_other",
)
ALL_DEFECTS = frozenset(
    (
        *STUCK_DEFECTS,
        "cosign_pending",
        "recent_work",
        "superseded_note",
        "cancelled_visit",
        "noshow_visit",
        "nurse_visit",
        "charge_before_note",
        "duplicate_delivery",
        "overlapping_export",
        "message_replay",
    )
)


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
DIAGNOSIS_CODES = ("I10", "E119", "J069", "M545", "R51", "Z0000")


@dataclass(frozen=True)
class Parameters:
    """The numbers of one practice; written to `truth/parameters.json` as they are."""

    # Share of visits to which a defect happens while its switch is on.
    rates: dict[str, float] = field(
        default_factory=lambda: {
            "note_not_started": 0.02,
            "note_unsigned": 0.03,
            "charge_missing": 0.02,
            "claim_not_created": 0.015,
            "claim_not_submitted": 0.01,
            "denied_documentation": 0.02,
            "denied_other": 0.04,
            "cosign_pending": 0.10,  # of the notes that need a cosignature
            "superseded_note": 0.03,
            "cancelled_visit": 0.06,
            "noshow_visit": 0.05,
            "nurse_visit": 0.04,
            "charge_before_note": 0.05,
            "message_replay": 0.1,  # of the days of a facility that sends messages
        }
    )
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
    cosignature: Delay = Delay(20, 0.9, 168)
    replacement_start: Span = Span(1, 36)
    replacement_signature: Delay = Delay(6, 0.8, 120)

    charge_entry: Delay = Delay(8, 1.0, 72)
    charge_line_counts: tuple[float, float, float] = (0.62, 0.28, 0.10)
    charge_line_seconds: int = 20
    claim_creation: Span = Span(0.2, 48)
    submission_second_of_day_utc: int = 80_100  # 22:15
    submission_days_per_file: int = 3
    adjudication: Span = Span(240, 720)
    adjudication_second_of_day_utc: int = 54_000  # 15:00
    copay_share: float = 0.5
    copay_cents: int = 2000
    deductible_share_of_allowed: float = 0.2
    claims_per_transaction: int = 5000
    replayed_messages: int = 5

    visit_types: tuple[VisitType, ...] = VISIT_TYPES
    denied_other_reasons: tuple[str, ...] = ("27", "29", "197")

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values for JSON."""
        return asdict(self)
