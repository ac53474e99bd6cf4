"""What insurance a patient has on file, and when a lapse is put right."""

from datetime import UTC, datetime

from orchestration.simulator.insurance import Coverage, Insurance
from orchestration.simulator.parameters import Parameters, dice
from orchestration.simulator.practice import Patient
from orchestration.simulator.runs import DAY

_SINCE = "2020-01-01"


def insurance_of(
    patient: Patient, habit: str, *, seed: int, as_of: int, numbers: Parameters
) -> Insurance:
    """Return the insurance of a patient; the same at every visit."""
    known_since = as_of - 400 * DAY
    first = f"cov-{patient.patient_id}"
    if habit not in {"coverage_missing", "coverage_expired"}:
        return Insurance((Coverage(first, _SINCE, "", known_since),))
    rng = dice(seed, habit, patient.number)
    coverages = []
    lapsed = numbers.first_visit_day - rng.randrange(1, 60)
    if habit == "coverage_expired":
        ends_on = _day(as_of + lapsed * DAY)
        coverages.append(Coverage(first, _SINCE, ends_on, known_since))
    if rng.random() < numbers.coverage_repaired_share:
        # The front desk finds the card; it is valid from the day after the old one.
        days = rng.randrange(*numbers.coverage_repaired_days)
        found_at = as_of - days * DAY + rng.randrange(8 * 3600)
        starts_on = _day(as_of + (lapsed + 1) * DAY)
        coverages.append(Coverage(f"{first}-2", starts_on, "", found_at))
    return Insurance(tuple(coverages))


def _day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
