"""Lags are estimated as the literature does, from open work and exits too.

Made-up waits go through the SQL of the models themselves. The curves are compared with
lifelines and with values worked out by hand, the figures with what the simulator's own
numbers say.
"""

import math
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import jinja2
import pyarrow as pa
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from orchestration.simulator.parameters import Delay, Parameters
from orchestration.simulator.rates import RATES

PROJECT_DIR = Path(__file__).resolve().parents[2]
MODELS = (
    "rpt_group_names",
    "rpt_lag_steps",
    "rpt_lag_curves",
    "rpt_lag_figures",
    "rpt_lags",
)
DAY = 1440
Row = dict[str, float | int | str | None]
# What became of a wait, after how many minutes, and from when it was seen.
Wait = tuple[str, int, int | None]
EVENT, EXIT, OPEN = "event", "exit", "open"


def model_sql(name: str) -> str:
    """Return the SQL of a model as it stands, with macros and seeds."""
    (path,) = (PROJECT_DIR / "models").rglob(f"{name}.sql")
    seeds = {file.stem for file in (PROJECT_DIR / "seeds").glob("*.csv")}
    environment = jinja2.Environment(autoescape=False)
    environment.globals["ref"] = lambda ref: (
        f"read_csv('{PROJECT_DIR / 'seeds' / ref}.csv')" if ref in seeds else ref
    )
    return environment.from_string(macros() + path.read_text("utf-8")).render()


def macros() -> str:
    """Return the macros that these models use."""
    folder = PROJECT_DIR / "dbt_project" / "macros"
    names = ("times.sql", "durations.sql")
    return "".join((folder / name).read_text("utf-8") for name in names)


Estimate = Callable[..., list[Row]]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a warehouse with the models of lags over tables to be filled."""
    connection = duckdb.connect()
    connection.execute(
        """
        create table fct_encounter_lags (encounter_key varchar, lag varchar,
            outcome varchar, is_wide boolean, entered_minutes bigint,
            waited_minutes bigint);
        create table fct_encounters (encounter_key varchar, facility_key varchar,
            visit_type varchar, payer_key varchar, provider_key varchar,
            service_date date);
        create table dim_providers (provider_key varchar, provider_name varchar,
            specialty varchar);
        create table dim_facilities (facility_key varchar, facility_name varchar);
        create table dim_payers (payer_key varchar, payer_name varchar);
        create table int_clock (as_of timestamp);
        insert into int_clock values ('2026-04-01');
        insert into dim_providers values ('p1', 'Doctor One', 'surgery');
        """
    )
    for name in MODELS:
        connection.execute(f"create view {name} as {model_sql(name)}")
    yield connection
    connection.close()


@pytest.fixture
def estimate(warehouse: duckdb.DuckDBPyConnection) -> Estimate:
    """Return a function that gives the rows of a model about some waits."""

    def estimated(
        waits: list[Wait],
        model: str = "rpt_lag_curves",
        where: str = "lag_grouping = 1",
    ) -> list[Row]:
        given = pa.table(
            {
                "outcome": [outcome for outcome, _, _ in waits],
                "waited": [waited for _, waited, _ in waits],
                "entered": pa.array([seen for _, _, seen in waits], pa.int64()),
                "number": range(len(waits)),
            }
        )
        warehouse.register("given", given)
        warehouse.execute(
            """
            truncate fct_encounters; truncate fct_encounter_lags;
            insert into fct_encounters select number, 'f1', 'office_visit', null,
                'p1', '2026-03-01' from given;
            insert into fct_encounter_lags select number, 'care_to_charge', outcome,
                false, entered, waited from given;
            """
        )
        found = warehouse.execute(f"from {model} where {where}").to_arrow_table()
        return [
            {
                name: float(value) if isinstance(value, Decimal) else value
                for name, value in row.items()
            }
            for row in found.to_pylist()
        ]

    return estimated


def at(rows: list[Row], minutes: int) -> Row:
    """Return the step of a curve at a time."""
    (found,) = [row for row in rows if row["minutes"] == minutes]
    return found


def some_waits(number: int, *, with_ties: bool, with_exits: bool) -> list[Wait]:
    """Return waits by chance, some of them seen from later on only.

    Without ties nobody comes into view as another leaves: the library's
    Aalen-Johansen then has them at risk already, its Kaplan-Meier not.
    """
    chance = random.Random(number)
    many = chance.randint(4, 60)
    last, odd = (25, 0) if with_ties else (240, 1)
    times = [chance.randint(2, last) for _ in range(many)]
    if not with_ties:
        times = chance.sample(range(2, last, 2), many)
    kinds = [EVENT, OPEN, EXIT] if with_exits else [EVENT, OPEN]
    return [
        (
            chance.choice(kinds),
            waited,
            (chance.randrange(waited) | odd) if chance.random() < 0.3 else None,
        )
        for waited in times
    ]


def entries(waits: list[Wait]) -> list[int] | None:
    """Return from when each was seen, as lifelines takes it."""
    if all(seen is None for _, _, seen in waits):
        return None
    return [-1 if seen is None else seen for _, _, seen in waits]


def fitted(waits: list[Wait]) -> KaplanMeierFitter:
    return KaplanMeierFitter().fit(
        [waited for _, waited, _ in waits],
        [outcome == EVENT for outcome, _, _ in waits],
        entry=entries(waits),
    )


def test_values_worked_out_by_hand(estimate):
    """Kaplan-Meier of 1, 2, 2+, 3, 5+, 8, where 5 of its units are the 30 days."""
    unit = 30 * DAY // 5
    outcomes = [EVENT, EVENT, OPEN, EVENT, OPEN, EVENT]
    times = [1, 2, 2, 3, 5, 8]
    waits = [(o, t * unit, None) for o, t in zip(outcomes, times, strict=True)]

    rows = estimate(waits)
    (figures,) = estimate(waits, "rpt_lags", "dimension = 'all' and cohort = 'all'")

    shares = {t: round(at(rows, t * unit)["waiting_share"], 4) for t in (1, 2, 3, 8)}
    assert shares == {1: 0.8333, 2: 0.6667, 3: 0.4444, 8: 0}
    assert figures["median_hours"] == 3 * unit / 60
    assert figures["restricted_mean_hours"] * 60 / unit == pytest.approx(
        3.3889, abs=5e-5
    )
    assert (figures["encounter_count"], figures["event_count"]) == (6, 4)
    assert figures["open_count"] == 2


def test_an_exit_is_no_wait_that_goes_on(estimate):
    """Of four, one is written off: three in four are billed, not all (trap T21)."""
    waits = [(EVENT, 1, None), (EXIT, 2, None), (OPEN, 3, None), (EVENT, 4, None)]

    step = at(estimate(waits), 4)

    assert step["event_share"] == pytest.approx(0.75, abs=1e-12)
    assert step["waiting_share"] == 0


@pytest.mark.parametrize("with_ties", [True, False])
def test_a_curve_without_exits_is_that_of_kaplan_and_meier(estimate, with_ties):
    for number in range(12):
        waits = some_waits(number, with_ties=with_ties, with_exits=False)
        if number == 0:
            waits = [(OPEN, waited, seen) for _, waited, seen in waits]
        expected = fitted(waits)
        band = expected.confidence_interval_

        for row in estimate(waits):
            minutes = row["minutes"]
            share = expected.survival_function_at_times(minutes).item()
            low, high = band.loc[minutes]
            assert row["waiting_share"] == pytest.approx(share, abs=1e-9)
            assert 1 - row["event_share"] == pytest.approx(share, abs=1e-9)
            if share == 0:
                assert row["event_share_low"] == pytest.approx(1, abs=1e-9)
            elif share < 1:
                assert 1 - row["event_share_high"] == pytest.approx(low, abs=1e-9)
                assert 1 - row["event_share_low"] == pytest.approx(high, abs=1e-9)


# It says that it reads quantiles off the curve, as we do.
@pytest.mark.filterwarnings("ignore:Approximating using")
def test_figures_without_exits_are_those_of_kaplan_and_meier(estimate):
    for number in range(8):
        waits = [
            (outcome, waited * DAY, None)
            for outcome, waited, _ in some_waits(
                number, with_ties=True, with_exits=False
            )
        ]
        expected = fitted(waits)
        mean = restricted_mean_survival_time(expected, t=30 * DAY)

        (row,) = estimate(waits, "rpt_lag_figures")

        for name, part in (("median", 0.5), ("p75", 0.25), ("p90", 0.1)):
            reached = expected.percentile(part)
            found = row[f"{name}_hours"]
            assert math.inf if found is None else found * 60 == reached
        if row["restricted_mean_hours"] is not None:
            assert row["restricted_mean_hours"] * 60 == pytest.approx(mean, rel=1e-9)


def test_the_restricted_mean_varies_as_greenwood_has_it(estimate):
    """Summed step by step: the square of the waiting still to come, by who left."""
    for number in range(8):
        waits = [
            (outcome, waited * DAY, None)
            for outcome, waited, _ in some_waits(
                number, with_ties=True, with_exits=True
            )
        ]
        steps, waiting = [(0, 1.0, 0.0)], 1.0
        for minutes in sorted({waited for _, waited, _ in waits}):
            at_risk = sum(waited >= minutes for _, waited, _ in waits)
            left = sum(w == minutes and kind != OPEN for kind, w, _ in waits)
            waiting *= 1 - left / at_risk
            weight = left / (at_risk * (at_risk - left)) if left < at_risk else 0.0
            steps.append((minutes, waiting, weight))
        ends = [minutes for minutes, _, _ in steps[1:]] + [30 * DAY]
        areas = [
            share * (min(end, 30 * DAY) - min(begin, 30 * DAY))
            for (begin, share, _), end in zip(steps, ends, strict=True)
        ]
        variance = sum(
            weight * sum(areas[place:]) ** 2
            for place, (_, _, weight) in enumerate(steps)
        )

        (row,) = estimate(waits, "rpt_lag_figures")

        reach = 1.959963984540054 * math.sqrt(variance) / 60
        assert row["mean_reach_hours"] == pytest.approx(reach, rel=1e-9)


def test_the_interval_of_the_restricted_mean_holds_the_truth_as_often_as_it_says(
    estimate,
):
    """Waits of ten days on average, some given up, some still open."""
    chance, held = random.Random(1), 0
    truth = 8 * 24 * (1 - math.exp(-30 / 8))
    for _ in range(60):
        waits = []
        for _ in range(120):
            event, leave = chance.expovariate(1 / 10), chance.expovariate(1 / 40)
            seen = chance.uniform(5, 60)
            waited = min(event, leave, seen)
            kind = {event: EVENT, leave: EXIT, seen: OPEN}[waited]
            waits.append((kind, max(round(waited * DAY), 1), None))
        (row,) = estimate(waits, "rpt_lags", "dimension = 'all' and cohort = 'all'")
        low, high = row["restricted_mean_low_hours"], row["restricted_mean_high_hours"]
        held += low <= truth <= high
    assert 52 <= held <= 60


def test_a_curve_with_exits_is_that_of_aalen_and_johansen(estimate):
    for number in range(12):
        waits = some_waits(number, with_ties=False, with_exits=True)
        expected = AalenJohansenFitter(calculate_variance=True).fit(
            [waited for _, waited, _ in waits],
            [[OPEN, EVENT, EXIT].index(outcome) for outcome, _, _ in waits],
            event_of_interest=1,
            entry=entries(waits),
        )
        for row in estimate(waits):
            share = expected.cumulative_density_.loc[row["minutes"]].item()
            variance = expected.variance_.loc[row["minutes"]].item()
            assert row["event_share"] == pytest.approx(share, abs=1e-9)
            assert row["event_variance"] == pytest.approx(variance, abs=1e-9)


def test_exits_and_events_at_the_same_time_leave_together(estimate):
    """The library moves ties apart by chance; here they are counted one by one."""
    for number in range(12):
        waits = some_waits(number, with_ties=True, with_exits=True)
        waiting, arrived = 1.0, 0.0
        rows = {row["minutes"]: row for row in estimate(waits)}
        for minutes in sorted({waited for _, waited, _ in waits}):
            at_risk = sum(
                waited >= minutes and (seen is None or seen < minutes)
                for _, waited, seen in waits
            )
            leave = [outcome for outcome, waited, _ in waits if waited == minutes]
            arrived += waiting * leave.count(EVENT) / at_risk
            waiting *= 1 - (leave.count(EVENT) + leave.count(EXIT)) / at_risk
            assert rows[minutes]["at_risk_count"] == at_risk
            assert rows[minutes]["event_share"] == pytest.approx(arrived, abs=1e-9)
            assert rows[minutes]["waiting_share"] == pytest.approx(waiting, abs=1e-9)


def test_what_nobody_has_reached_is_not_reached(estimate):
    waits = [(OPEN, 100 * DAY, None)] * 9 + [(OPEN, 30, None)]

    (row,) = estimate(waits, "rpt_lags", "dimension = 'all' and cohort = 'all'")

    assert row["median_hours"] is row["p90_hours"] is row["median_low_hours"] is None
    assert row["short_limit_share"] == row["horizon_exit_share"] == 0
    assert row["restricted_mean_hours"] == 30 * 24
    assert row["followed_hours"] == 2400


def test_a_limit_beyond_what_was_followed_has_no_share(estimate):
    waits = [(EVENT, 600, None), (OPEN, 30 * 60, None)]

    (row,) = estimate(waits, "rpt_lags", "dimension = 'all' and cohort = 'all'")

    assert row["short_limit_share"] == 0.5
    assert row["middle_limit_share"] is row["restricted_mean_hours"] is None


@pytest.mark.parametrize(("events", "is_hidden"), [(19, True), (20, False)])
def test_a_provider_with_few_events_has_no_figure(estimate, events, is_hidden):
    """Trap T62: the same counts of a site are shown."""
    waits = [(EVENT, 60, None)] * events + [(OPEN, 90, None)] * 5

    rows = estimate(waits, "rpt_lags", "cohort = 'all'")

    shown = {row["dimension"]: row["median_hours"] for row in rows}
    assert shown["facility"] == shown["specialty"] == 1
    assert (shown["provider"] is None) == is_hidden
    assert {row["event_count"] for row in rows} == {events}


def test_a_wait_is_never_counted_shorter_and_hardly_longer(warehouse):
    grid = jinja2.Environment(autoescape=False).from_string(
        macros()
        + "{{ minutes_on_grid('n', 'floor') }}, {{ minutes_on_grid('n', 'ceil') }}"
    )
    rows = warehouse.execute(
        f"select n, {grid.render()} from range(-500, 90000) as t (n)"
    ).fetchall()

    assert all(low <= n <= high for n, low, high in rows)
    assert all(high <= 1.02 * n and low >= 0.98 * n for n, low, high in rows if n > 0)
    assert all(low == n == high for n, low, high in rows if n <= 240)


PARAMETERS = Parameters()
LAGS = {"charge_entry": PARAMETERS.charge_entry, "note_start": PARAMETERS.note_start}
EXIT_RATE = RATES["cancelled_visit"] + RATES["noshow_visit"]


def simulated(number: int, delay: Delay, exit_rate: float) -> list[Wait]:
    """Return waits of the simulator that began at any time of five medians.

    What has not ended by now is open; exits come as quickly as events do.
    """
    chance = random.Random(number)
    waits: list[Wait] = []
    for _ in range(16_000):
        outcome = EXIT if chance.random() < exit_rate else EVENT
        waited = math.ceil(delay.draw(chance) / 60)
        since = int(chance.uniform(0, 5 * delay.median_hours * 60)) + 1
        waits.append((outcome, waited, None) if waited < since else (OPEN, since, None))
    return waits


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("lag", LAGS)
def test_the_simulators_median_is_recovered_and_closed_work_alone_is_not(
    estimate, lag, number
):
    """Trap T20."""
    true = LAGS[lag].median_hours
    waits = simulated(number, LAGS[lag], 0)

    (row,) = estimate(waits, "rpt_lags", "dimension = 'all' and cohort = 'all'")

    closed = sorted(waited for outcome, waited, _ in waits if outcome == EVENT)
    assert row["median_hours"] == pytest.approx(true, rel=0.03)
    assert closed[len(closed) // 2] / 60 < 0.8 * true


@pytest.mark.parametrize("number", range(5))
def test_the_simulators_exits_are_recovered_and_as_open_work_they_are_not(
    estimate, number
):
    """Trap T21."""
    delay = LAGS["charge_entry"]
    waits = simulated(number, delay, EXIT_RATE)
    as_open = [(o if o == EVENT else OPEN, waited, seen) for o, waited, seen in waits]
    where = "dimension = 'all' and cohort = 'all'"

    (row,) = estimate(waits, "rpt_lags", where)
    (naive,) = estimate(as_open, "rpt_lags", where)

    true = (1 - EXIT_RATE) * quickly(delay, 24)
    assert row["short_limit_share"] == pytest.approx(true, abs=0.01)
    assert row["short_limit_exit_share"] == pytest.approx(
        EXIT_RATE * quickly(delay, 24), abs=0.01
    )
    assert naive["short_limit_share"] > true + 0.05


def quickly(delay: Delay, hours: float) -> float:
    """Return the share of the waits of a distribution that are over by then."""
    deviations = math.log(hours / delay.median_hours) / delay.sigma
    return 0.5 * (1 + math.erf(deviations / math.sqrt(2)))
