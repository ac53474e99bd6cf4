"""Days with too few or too many visits are found, and normal days are left alone.

Daily counts of made-up sites go through the SQL of the models themselves.
"""

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from orchestration.simulator.journey import Journey
from orchestration.simulator.parameters import DEFAULT_AS_OF, Parameters
from orchestration.simulator.practice import build_practice
from orchestration.simulator.runs import NEVER
from orchestration.simulator.world import World

PROJECT_DIR = Path(__file__).resolve().parents[2]
MODELS = ("int_feed_site_days", "int_feed_expectations", "int_feed_volume_days")
# Visits on a Monday; other weekdays have their share of it, Sundays none.
SITES = {"large": 120, "middle": 70, "small": 25, "tiny": 4}
WEEKDAYS = (1.0, 0.9, 0.8, 0.95, 0.7, 0.3, 0.0)
SHARES = {"documents": 0.92, "charges": 0.88, "claims": 0.8, "submissions": 0.8}
HISTORY = 120
NORMAL = 90
FIRST = date(2026, 1, 5)
LAST = FIRST + timedelta(days=HISTORY + NORMAL)
FIRST_SIMULATED = DEFAULT_AS_OF.date() - timedelta(days=180)
Counts = dict[tuple[str, date], int]


def poisson(chance: random.Random, mean: float) -> int:
    """Count arrivals of a mean within one unit of time."""
    count, passed = -1, 0.0
    while passed < 1 and mean > 0:
        passed += chance.expovariate(mean)
        count += 1
    return max(count, 0)


def normal_days(number: int) -> Counts:
    """Return visits by site and day as chance has them."""
    chance = random.Random(number)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    return {
        (site, day): poisson(chance, mean * WEEKDAYS[day.weekday()])
        for site, mean in SITES.items()
        for day in days
    }


def received(visits: Counts, number: int) -> dict[tuple[str, str, date], int]:
    """Return how many of the visits have a record of each feed, by chance."""
    chance = random.Random(number)
    return {
        (site, feed, day): sum(chance.random() < share for _ in range(count))
        for (site, day), count in visits.items()
        for feed, share in SHARES.items()
    }


Judge = Callable[..., dict[tuple[str, str, date], str]]


@pytest.fixture(scope="module")
def judge(model_sql: Callable[[str], str]) -> Iterator[Judge]:
    """Return a function that judges daily counts by the models' own SQL."""
    statements = {name: model_sql(name) for name in MODELS}
    connection = duckdb.connect()

    def judged(
        visits: Counts,
        feeds: Mapping[tuple[str, str, date], int],
        delays: Mapping[tuple[str, str, date, int], int] | None = None,
        last: date = LAST,
    ) -> dict[tuple[str, str, date], str]:
        by_delay = delays or {(*key, 0): count for key, count in feeds.items()}
        connection.execute(
            "create or replace table int_site_days (site_key varchar,"
            " data_source varchar, facility_id varchar, service_date date,"
            " age_days integer, last_loaded_at timestamp, encounter_count bigint)"
        )
        connection.execute(
            "create or replace table int_feed_arrivals (site_key varchar,"
            " feed varchar, service_date date, delay_days integer,"
            " arrived_count bigint)"
        )
        given = pa.table(
            {
                "site": [site for site, _ in visits],
                "day": [day for _, day in visits],
                "age": [(last - day).days for _, day in visits],
                "visits": list(visits.values()),
            }
        )
        came = pa.table(
            {
                "site": [site for site, _, _, _ in by_delay],
                "feed": [feed for _, feed, _, _ in by_delay],
                "day": [day for _, _, day, _ in by_delay],
                "delay": [delay for _, _, _, delay in by_delay],
                "visits": list(by_delay.values()),
            }
        )
        connection.register("given", given)
        connection.register("came", came)
        connection.execute(
            "insert into int_site_days"
            " select site, 's', site, day, age, null, visits from given"
        )
        connection.execute(
            "insert into int_feed_arrivals"
            " select site, feed, day, delay, visits from came where visits > 0"
        )
        for name, sql in statements.items():
            connection.execute(f"create or replace table {name} as {sql}")
        rows = connection.execute(
            "select site_key, feed, service_date, volume from int_feed_volume_days"
        ).fetchall()
        return {(site, feed, day): volume for site, feed, day, volume in rows}

    yield judged
    connection.close()


def false_alarms(found: dict[tuple[str, str, date], str]) -> list[object]:
    """Return the days of the last ninety that are called unusual."""
    start = LAST - timedelta(days=NORMAL)
    return [
        (*key, volume)
        for key, volume in found.items()
        if key[2] > start and volume in ("fewer than usual", "more than usual")
    ]


def simulated_days(
    encounters: int, seed: int
) -> tuple[Counts, dict[tuple[str, str, date, int], int]]:
    """Return visits by site and day of the simulated practice, and their records.

    Nothing goes wrong in it, and it goes on until now; records come as late as the
    practice has them.
    """
    parameters = Parameters()
    world = World(
        practice=build_practice(seed, parameters),
        parameters=parameters,
        as_of=int(DEFAULT_AS_OF.timestamp()),
        defects=frozenset({"recent_work"}),
    )
    visits: Counter[tuple[str, date]] = Counter()
    delays: Counter[tuple[str, str, date, int]] = Counter()
    for index in range(1, encounters + 1):
        patient = world.practice.patient(world.patient_number(index))
        journey = world.journey(index, patient)
        if not journey.started_at <= world.as_of:
            continue
        site, zone = journey.facility.name, journey.facility.zone
        day = datetime.fromtimestamp(journey.started_at, zone).date()
        visits[site, day] += 1
        for feed, at in first_records(journey).items():
            if at <= world.as_of:
                delay = (datetime.fromtimestamp(at, zone).date() - day).days
                delays[site, feed, day, max(delay, 0)] += 1
    every_day = {
        (site, FIRST_SIMULATED + timedelta(days=n))
        for site, _ in visits
        for n in range((DEFAULT_AS_OF.date() - FIRST_SIMULATED).days + 1)
    }
    return {key: visits[key] for key in sorted(every_day)}, dict(delays)


def first_records(journey: Journey) -> dict[str, int]:
    """Return when the first record of each feed came of a visit, if ever."""
    claims = journey.claims
    return {
        "documents": min((d.started_at for d in journey.documents), default=NEVER),
        "charges": min((c.entered_at for c in journey.charges), default=NEVER),
        "claims": min((c.created_at for c in claims), default=NEVER),
        "submissions": min((c.filed_at for c in claims), default=NEVER),
    }


def test_ninety_normal_days_of_the_simulated_practice_raise_at_most_one_alarm(judge):
    visits, delays = simulated_days(20_000, seed=11)
    last = DEFAULT_AS_OF.date()

    found = judge(visits, {}, delays, last)

    begin = last - timedelta(days=NORMAL)
    of_ninety = {key: volume for key, volume in found.items() if key[2] > begin}
    unusual = [
        key
        for key, volume in of_ninety.items()
        if volume in ("fewer than usual", "more than usual")
    ]
    assert sum(volume == "as usual" for volume in of_ninety.values()) > 1_000
    assert len(unusual) <= 1


def some_day(weekday: int, weeks_before: int = 3) -> date:
    """Return a day some weeks before the last that is no holiday."""
    day = LAST - timedelta(days=7 * weeks_before)
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def test_ninety_normal_days_of_four_sites_raise_at_most_one_alarm(judge):
    visits = normal_days(1)

    found = judge(visits, received(visits, 1))

    judged = [v for k, v in found.items() if v == "as usual" and k[0] != "tiny"]
    assert len(judged) > 4 * NORMAL
    assert len(false_alarms(found)) <= 1


@pytest.mark.parametrize("share", [0, 0.5, 2])
@pytest.mark.parametrize("site", ["large", "middle"])
def test_a_day_with_none_half_or_twice_the_visits_is_found(judge, site, share):
    visits, day = normal_days(2), some_day(1)
    visits[site, day] = round(SITES[site] * WEEKDAYS[1] * share)

    found = judge(visits, received(visits, 2))

    expected = "more than usual" if share > 1 else "fewer than usual"
    assert found[site, "encounters", day] == expected
    assert len(false_alarms(found)) <= 2, "the planted one and one of chance"


@pytest.mark.parametrize("share", [0, 0.5])
@pytest.mark.parametrize("feed", SHARES)
def test_a_day_with_none_or_half_of_a_feed_is_found(judge, feed, share):
    visits, day = normal_days(3), some_day(3)
    feeds = received(visits, 3)
    feeds["middle", feed, day] = round(feeds["middle", feed, day] * share)

    found = judge(visits, feeds)

    assert found["middle", feed, day] == "fewer than usual"
    assert len(false_alarms(found)) <= 2, "the planted one and one of chance"


def test_a_day_without_visits_is_found_also_at_a_small_site(judge):
    visits, day = normal_days(4), some_day(0)
    visits["small", day] = 0

    found = judge(visits, received(visits, 4))

    assert found["small", "encounters", day] == "fewer than usual"


def test_a_tiny_or_a_new_site_is_never_unusual(judge):
    visits = normal_days(5)
    new = LAST - timedelta(days=35)
    visits |= {("new", day): n for (s, day), n in visits.items() if s == "large"}
    visits = {k: n for k, n in visits.items() if k[0] != "new" or k[1] > new}
    visits["new", some_day(1, 1)] = visits["tiny", some_day(1, 1)] = 0

    found = judge(visits, received(visits, 5))

    new_site = {volume for (site, _, _), volume in found.items() if site == "new"}
    assert new_site <= {"unknown", "holiday", "still arriving"}
    assert [key for key in false_alarms(found) if key[0] == "tiny"] == []


def test_an_empty_holiday_is_no_alarm_and_does_not_change_what_is_usual(judge):
    visits = normal_days(6)
    closed = {
        date.fromisoformat(row["holiday_date"])
        for row in csv.DictReader((PROJECT_DIR / "seeds/public_holidays.csv").open())
    }
    visits = {k: 0 if k[1] in closed else n for k, n in visits.items()}

    found = judge(visits, received(visits, 6))

    assert {v for (_, _, day), v in found.items() if day in closed} == {"holiday"}
    assert len(false_alarms(found)) <= 1


def test_the_last_days_are_still_arriving(judge):
    visits = normal_days(7)
    visits["large", LAST] = visits["large", LAST - timedelta(days=1)] = 3

    found = judge(visits, received(visits, 7))

    late = {v for (s, _, day), v in found.items() if (LAST - day).days <= 1}
    assert late == {"still arriving"}
