"""How a run ended, in words that hold no values; knows nothing of Dagster."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FailedCheck:
    """A check that was not met; `failed_count` is None where it counts no rows.

    `problem` says what has gone wrong where a count does not.
    """

    name: str
    asset: str
    is_error: bool
    failed_count: int | None
    owner: str
    runbook: str
    problem: str | None = None


@dataclass(frozen=True)
class Run:
    """How a run ended, in words that hold no values.

    `evaluated_checks` are asset and name of each check that it came to.
    """

    run_id: str
    ended_at: datetime | None
    succeeded: bool
    problems: tuple[str, ...]
    failed_checks: tuple[FailedCheck, ...]
    evaluated_checks: tuple[tuple[str, str], ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it ended well and every check of severity error passed."""
        return self.succeeded and not any(
            check.is_error for check in self.failed_checks
        )
