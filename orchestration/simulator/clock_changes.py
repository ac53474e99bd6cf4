"""Moves a visit to the night in which the clocks of its facility change.

Emergencies keep no office hours. A zone without such nights keeps its visits.
"""

from datetime import UTC, datetime, timedelta

from orchestration.simulator.practice import Facility
from orchestration.simulator.runs import DAY
from orchestration.simulator.walk import Walk

_HOUR = 3600
_YEAR_DAYS = 366


def visit_at_clock_change(walk: Walk) -> None:
    """Let the visit begin within an hour of one of the last two clock changes."""
    changes = clock_changes(walk.journey.facility, walk.as_of)
    if not changes:
        return
    rng = walk.dice("clock_change_visit")
    journey = walk.journey
    journey.scheduled_for = rng.choice(changes) + 60 * rng.randrange(-60, 60)
    journey.booked_at = journey.scheduled_for - _HOUR * rng.randrange(2, 48)


def clock_changes(facility: Facility, before: int) -> list[int]:
    """Return when the clocks changed in the year before a time, oldest first."""
    found = []
    for day in range(before // DAY - _YEAR_DAYS, before // DAY):
        if _offset(facility, day * DAY) != _offset(facility, (day + 1) * DAY):
            hours = range(day * DAY, (day + 1) * DAY, _HOUR)
            old = _offset(facility, day * DAY)
            found.append(next(at for at in hours if _offset(facility, at) != old))
    return found


def _offset(facility: Facility, at: int) -> timedelta | None:
    return datetime.fromtimestamp(at, UTC).astimezone(facility.zone).utcoffset()
