"""What keeps the warehouse itself waiting: exceptions, coverage and the last runs.

Holds the queries on the published database and the layout of the coverage calendar.
It leaves out HTML, which templates/operations.html.j2 writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from orchestration.page import words

CALENDAR_DAYS = 35
_LAST = 7
_CELL = 100 / CALENDAR_DAYS
# What a day is called in `rpt_coverage_calendar` and how it is drawn, the worst first.
_STATES = {
    "not complete": "hole",
    "fewer than usual": "fewer",
    "more than usual": "more",
    "still arriving": "arriving",
    "as usual": "usual",
    "not judged": "unknown",
}

Rows = Callable[[str], list[tuple]]  # type: ignore[type-arg]


@dataclass(frozen=True)
class OpenException:
    """One open alert: what, for whom, since when and how often before."""

    alert_key: str
    title: str
    subject: str | None
    severity: str
    owner_role: str | None
    count: int
    amount: Decimal | None
    deadline: date | None
    opened_at: datetime | None
    age_days: int | None
    recurrence: int
    is_acknowledged: bool
    snoozed_until: datetime | None


@dataclass(frozen=True)
class CoverageDay:
    """One day of one feed over all sites: what came against what was expected."""

    data_source: str
    feed: str
    day: date
    encounters: int
    received: int
    sites: int
    sites_off: int
    state: str


@dataclass(frozen=True)
class Load:
    """One load of files: when, and what became of the records."""

    loaded_at: datetime
    files: int
    received: int
    loaded: int
    duplicate: int
    rejected: int


@dataclass(frozen=True)
class CheckRun:
    """One run of the checks: how many there were, and how many were not met."""

    checked_at: datetime
    checks: int
    errors: int
    warnings: int


@dataclass(frozen=True)
class Cell:
    """One day of the calendar: where it is drawn, how, and what it says."""

    x: str
    state: str
    text: str


@dataclass(frozen=True)
class CalendarRow:
    """One feed of one source; `off` counts the days that somebody should look at."""

    name: str
    cells: tuple[Cell, ...]
    off: int


@dataclass(frozen=True)
class Calendar:
    """The last days of all feeds; `width` is that of a day in per cent."""

    rows: tuple[CalendarRow, ...]
    first: date | None
    last: date | None
    width: str
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Operations:
    """All that the section shows."""

    exceptions: list[OpenException]
    calendar: Calendar
    off_days: list[CoverageDay]
    loads: list[Load]
    checks: list[CheckRun]


_EXCEPTIONS = """
select
    alert_key,
    title,
    subject,
    severity,
    owner_role,
    record_count,
    amount,
    deadline_date,
    opened_at,
    age_days,
    recurrence,
    acknowledged_at is not null,
    snoozed_until
from marts.rpt_open_exceptions
order by severity_order, amount desc nulls last, opened_at nulls last, alert_key
"""

_COVERAGE = f"""
select
    data_source,
    feed,
    coverage_date,
    encounter_count,
    received_count,
    site_count,
    unusual_site_count,
    day_state
from marts.rpt_coverage_calendar
where
    coverage_date > (
        select cast(max(as_of) as date) from marts.rpt_stage_counts
    ) - {CALENDAR_DAYS}
order by data_source, feed, coverage_date
"""  # noqa: S608 - our own constant

_LOADS = f"""
select
    max(loaded_at),
    count(*),
    sum(received_count),
    sum(loaded_count),
    sum(duplicate_count),
    sum(rejected_count)
from ops.fct_file_loads
group by batch_id
order by max(loaded_at) desc, batch_id desc
limit {_LAST}
"""  # noqa: S608 - our own constant

_CHECKS = f"""
select
    max(checked_at),
    count(*),
    count(*) filter (where not is_met and severity = 'critical'),
    count(*) filter (where not is_met and severity <> 'critical')
from ops.fct_expectation_results
group by run_id
order by max(checked_at) desc, run_id desc
limit {_LAST}
"""  # noqa: S608 - our own constant


def read_operations(rows: Rows, as_of: datetime | None) -> Operations:
    """Read the section by `rows`, which answers a query on the published database."""
    days = [CoverageDay(*row) for row in rows(_COVERAGE)]
    return Operations(
        exceptions=[OpenException(*row) for row in rows(_EXCEPTIONS)],
        calendar=coverage_calendar(days, as_of.date() if as_of else None),
        off_days=[day for day in reversed(days) if day.sites_off],
        loads=[Load(*row) for row in rows(_LOADS)],
        checks=[CheckRun(*row) for row in rows(_CHECKS)],
    )


def coverage_calendar(days: Sequence[CoverageDay], last: date | None) -> Calendar:
    """Lay out the days until `last`, one row per feed of a source.

    A day without visits has no cell: nothing was to come.
    """
    by_feed: dict[tuple[str, str], list[CoverageDay]] = {}
    for day in days:
        by_feed.setdefault((day.data_source, day.feed), []).append(day)
    first = last - timedelta(days=CALENDAR_DAYS - 1) if last else None
    seen = {day.state for day in days}
    return Calendar(
        rows=tuple(
            CalendarRow(
                name=f"{words.from_code(feed, 'Not named')}, {source}",
                cells=tuple(_cell(day, first) for day in of_feed if first),
                off=sum(day.sites_off > 0 for day in of_feed),
            )
            for (source, feed), of_feed in by_feed.items()
        ),
        first=first,
        last=last,
        width=f"{_CELL:.3f}%",
        legend=tuple((name, text) for text, name in _STATES.items() if text in seen),
    )


def _cell(day: CoverageDay, first: date) -> Cell:
    sites = f", {day.sites_off} of {words.plural(day.sites, 'site')}"
    return Cell(
        x=f"{(day.day - first).days * _CELL:.3f}%",
        state=_STATES[day.state],
        text=f"{words.day(day.day)}: {day.state}{sites if day.sites_off else ''};"
        f" {words.number(day.received)} of {words.plural(day.encounters, 'visit')}",
    )
