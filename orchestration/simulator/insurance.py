"""Who pays for a patient, from when to when, and since when that is known.

Holds plain records; how a lapse stops a bill is in `claim_steps`.
"""

from dataclasses import dataclass, replace

from orchestration.simulator.runs import NEVER


@dataclass(frozen=True, slots=True)
class Coverage:
    """One insurance of a patient; days are ISO dates, an open end is empty."""

    coverage_id: str
    starts_on: str
    ends_on: str
    recorded_at: int

    def is_valid_on(self, day: str) -> bool:
        """Tell whether it covers a day."""
        return self.starts_on <= day and (not self.ends_on or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Insurance:
    """All that is, or will be, on file for one patient."""

    coverages: tuple[Coverage, ...]

    def of_another(self) -> "Insurance":
        """Return the same insurance of somebody else."""
        return Insurance(
            tuple(
                replace(one, coverage_id=f"{one.coverage_id}-Z")
                for one in self.coverages
            )
        )

    def known_at(self, at: int) -> tuple[Coverage, ...]:
        """Return what is on file at a time."""
        return tuple(one for one in self.coverages if one.recorded_at <= at)

    def valid_on(self, day: str) -> str:
        """Return which coverage pays for a day; nothing when none ever will."""
        found = (one.coverage_id for one in self.coverages if one.is_valid_on(day))
        return next(found, "")

    def valid_since(self, day: str) -> int:
        """Return since when a coverage of a day has been on file, else NEVER."""
        found = (one.recorded_at for one in self.coverages if one.is_valid_on(day))
        return min(found, default=NEVER)
