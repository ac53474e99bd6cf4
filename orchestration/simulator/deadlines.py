"""Visits that nobody files in time, and until when a payer takes their claims.

Only one programme of the simulated payers says in public how long one may wait.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from orchestration.simulator.billing import PAYER, chains_of
from orchestration.simulator.hold_steps import decided_at
from orchestration.simulator.journey import Journey
from orchestration.simulator.runs import DAY, NEVER
from orchestration.simulator.walk import Walk

_TYPE = "medicare"
_WARNING_DAYS = 15


def forget(walk: Walk) -> None:
    """Let the visit have been about a year ago, on the same day of the week."""
    journey = walk.journey
    days = walk.dice("filing_forgotten").randrange(*walk.numbers.forgotten_days)
    weeks = (walk.as_of - days * DAY - journey.scheduled_for) // (7 * DAY)
    ahead = journey.scheduled_for - journey.booked_at
    local = datetime.fromtimestamp(journey.scheduled_for, journey.facility.zone)
    # Adding to a zoned time moves its wall clock, which is what a slot is.
    journey.scheduled_for = int((local + timedelta(weeks=weeks)).timestamp())
    journey.booked_at = journey.scheduled_for - ahead


def deadline_intervals(journey: Journey) -> Iterator[tuple[str, int, int]]:
    """Yield the last days for the claim of a finished visit, and those after."""
    if journey.patient.payer.payer_type != _TYPE:
        return
    over = _last_day(journey) + DAY
    done = min(_filed_at(journey), decided_at(journey), journey.reported_at)
    yield "TFL-01", over - DAY * (_WARNING_DAYS + 1), min(done, over)
    if done > over:
        yield "TFL-02", over, done


def _last_day(journey: Journey) -> int:
    """Return the beginning of the same day a year later."""
    day = date.fromisoformat(journey.service_date)
    is_leap_day = (day.month, day.day) == (2, 29)
    last = day.replace(year=day.year + 1, day=28 if is_leap_day else day.day)
    return int(datetime(last.year, last.month, last.day, tzinfo=UTC).timestamp())


def _filed_at(journey: Journey) -> int:
    """Return when the payer first showed that it has a claim."""
    shown = [NEVER]
    for chain in chains_of(journey.claims):
        if chain.voided_at == NEVER:
            shown += [one.accepted_at(PAYER) for one in chain.claims]
            shown += [one.decided_at for one in chain.decisions]
    return min(shown)
