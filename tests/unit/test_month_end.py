"""What a month will come to is told as surely as is said, and what was told is kept.

Made-up charges go through the SQL of the models themselves.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from orchestration.closes import SCHEMA, ClosesError, keep_closes, write_empty
from orchestration.simulator.parameters import Parameters
from orchestration.simulator.practice import build_practice
from orchestration.simulator.world import World

MODELS = ("rpt_month_ages", "rpt_month_projections", "rpt_month_end_backtest")
MONTHS = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(30)]
AS_OF = datetime(2026, 7, 20, 7)
SIMULATED = 9_000
Row = dict[str, Any]


def some_charges(seed: int) -> list[Row]:
    """Return thirty months of charges; most come within days, some within weeks.

    Months differ in size, and in how quickly charges are entered.
    """
    chance = random.Random(seed)
    rows = []
    for month in MONTHS:
        pace = chance.lognormvariate(0, 0.15)
        for _ in range(round(chance.gauss(260, 25))):
            slow = chance.random() < 0.15
            delay = chance.expovariate(1 / (20 if slow else 3)) * pace
            day = datetime(month.year, month.month, chance.randint(1, 28), 12)
            rows.append(
                {
                    "month_start_date": month,
                    "entered_at": day + timedelta(days=delay),
                    "is_charged": True,
                    "amount": round(chance.lognormvariate(5, 0.6), 2),
                }
            )
    return [row for row in rows if row["entered_at"] <= AS_OF]


@pytest.fixture(scope="module")
def looked_back(model_sql: Callable[[str], str]) -> Iterator[Callable[..., list[Row]]]:
    """Return a function that tests the closes of some charges."""
    with duckdb.connect() as connection:
        connection.execute(
            f"create table int_clock as select timestamp '{AS_OF}' as_of"
        )

        def run(charges: list[Row], name: str = MODELS[-1]) -> list[Row]:
            connection.register("given", pa.Table.from_pylist(charges))
            connection.execute(
                "create or replace table fct_charges as select * replace"
                " (amount::decimal(18, 2) as amount) from given"
            )
            for model in MODELS:
                connection.execute(
                    f"create or replace table {model} as {model_sql(model)}"
                )
            return connection.execute(f"from {name}").to_arrow_table().to_pylist()

        yield run


def test_intervals_hold_what_came_as_often_as_they_say(looked_back):
    """Ten practices, fifteen or more closes each: 80 % and 95 % of them."""
    closes = [
        row
        for seed in range(10)
        for row in looked_back(some_charges(seed))
        if row["is_within_80"] is not None
    ]

    assert len(closes) >= 150
    within_80 = sum(row["is_within_80"] for row in closes) / len(closes)
    within_95 = sum(row["is_within_95"] for row in closes) / len(closes)
    assert 0.70 <= within_80 <= 0.90
    assert 0.90 <= within_95 <= 1.00


def simulated_charges(seed: int) -> list[Row]:
    """Return the charges of thirty months of the simulated practice, known by now."""
    as_of = int(AS_OF.replace(tzinfo=UTC).timestamp())
    first = (MONTHS[0] - AS_OF.date()).days
    parameters = Parameters(first_visit_day=first)
    world = World(
        practice=build_practice(seed, parameters),
        parameters=parameters,
        as_of=as_of,
        defects=frozenset({"recent_work", "late_charge"}),
    )
    journeys = (
        world.journey(number, world.practice.patient(world.patient_number(number)))
        for number in range(1, SIMULATED + 1)
    )
    return [
        {
            "month_start_date": date.fromisoformat(journey.service_date).replace(day=1),
            "entered_at": datetime.fromtimestamp(charge.entered_at, UTC).replace(
                tzinfo=None
            ),
            "is_charged": True,
            "amount": charge.amount_cents / 100,
        }
        for journey in journeys
        for charge in journey.charges
        if charge.entered_at <= as_of
    ]


def test_the_simulators_closes_are_recovered(looked_back):
    """Over five practices of thirty months: what stood at a close, and what came.

    What is projected is nearer to what came than what stood, and the intervals hold it.
    """
    closes: list[Row] = []
    for seed in range(1, 6):
        charges = simulated_charges(seed)
        for row in looked_back(charges):
            month = row["month_start_date"]
            closed_at = next_month(month) + timedelta(days=5)
            of_month = [one for one in charges if one["month_start_date"] == month]
            stood = sum(r["amount"] for r in of_month if r["entered_at"] < closed_at)
            mature_at = next_month(month) + timedelta(days=90)
            came = sum(r["amount"] for r in of_month if r["entered_at"] < mature_at)
            assert float(row["amount_at_close"]) == pytest.approx(stood)
            assert float(row["amount_at_maturity"]) == pytest.approx(came)
            closes.append(row)

    judged = [row for row in closes if row["is_within_80"] is not None]
    assert len(judged) >= 5 * 6
    assert 0.65 <= sum(row["is_within_80"] for row in judged) / len(judged) <= 0.95
    assert sum(row["is_within_95"] for row in judged) / len(judged) >= 0.88
    projected = sum(abs(row["error_share"]) for row in judged)
    standing = sum(abs(row["error_without_projection_share"]) for row in judged)
    assert projected * 5 < standing * 4


def next_month(month: date) -> datetime:
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1)


def test_a_projection_is_nearer_than_the_month_as_it_stands(looked_back):
    closes = [row for seed in range(3) for row in looked_back(some_charges(seed))]

    projected = sorted(abs(row["error_share"]) for row in closes)
    standing = sorted(abs(row["error_without_projection_share"]) for row in closes)
    middle = len(closes) // 2
    assert projected[middle] < standing[middle] / 2


def test_a_back_test_knows_nothing_that_came_after_the_close(looked_back):
    """Charges that come after a close do not move what was projected at it."""
    charges = some_charges(1)
    closed_at = datetime(2025, 8, 6)
    before = looked_back(charges)
    after = looked_back(
        [
            row
            | {"amount": row["amount"] * (1 if row["entered_at"] < closed_at else 9)}
            for row in charges
        ]
    )

    july = date(2025, 7, 1)
    [then] = [row for row in before if row["month_start_date"] == july]
    [again] = [row for row in after if row["month_start_date"] == july]
    assert again["projected_amount"] == then["projected_amount"]
    assert again["high_95_amount"] == then["high_95_amount"]
    assert again["amount_at_maturity"] > then["amount_at_maturity"]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Return a warehouse in which the close of March is due."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.rpt_stage_counts as
                select timestamp '2026-04-06 06:00:00' as as_of;
            create table marts.rpt_month_end as from (values
                (date '2025-12-01', true, true), (date '2026-03-01', true, false),
                (date '2026-04-01', false, false)
            ) as t (month_start_date, is_close_due, is_mature);
            create table marts.fct_charges as from (values
                (date '2026-03-01', 'a', 10.50::decimal(18, 2), 'f', 1::bigint),
                (date '2026-03-01', 'b', 4.50::decimal(18, 2), 'f', 2::bigint),
                (date '2026-04-01', 'c', 7.00::decimal(18, 2), 'f', 3::bigint)
            ) as t (month_start_date, charge_key, amount, source_file_id,
                source_position);
            """
        )
    return path


def kept(folder: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(
            "select month_start_date, reported_at, charge_key, amount"
            f" from read_parquet('{folder}/*.parquet') order by charge_key"
        ).fetchall()


def test_a_month_is_kept_once_as_it_was_reported(tmp_path, warehouse):
    folder = tmp_path / "closes"
    write_empty(folder)

    assert keep_closes(warehouse, folder) == 1
    reported = kept(folder)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.fct_charges set amount = 99")
        connection.execute("update marts.rpt_stage_counts set as_of = '2026-04-20'")
    assert keep_closes(warehouse, folder) == 0

    assert kept(folder) == reported
    assert [(row[2], float(row[3])) for row in reported] == [("a", 10.5), ("b", 4.5)]
    assert {row[0] for row in reported} == {date(2026, 3, 1)}
    assert {row[1] for row in reported} == {datetime(2026, 4, 6, 6)}


def test_before_the_first_close_there_is_a_table_without_rows(tmp_path):
    write_empty(tmp_path / "closes")

    with duckdb.connect() as connection:
        rows = connection.execute(f"from read_parquet('{tmp_path}/closes/*.parquet')")
        assert [column[0] for column in rows.description] == SCHEMA.names
        assert rows.fetchall() == []


def test_a_month_that_cannot_be_kept_is_one_plain_error(tmp_path):
    with pytest.raises(ClosesError, match="closed months cannot be kept"):
        keep_closes(tmp_path / "no-warehouse.duckdb", tmp_path / "closes")
