"""What was reported of a month comes back, and every change since has its cause.

A practice is loaded and built as of some days after a month has ended, when the month
is reported, and again when more has come. The truth is the simulator's own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.build import build
from orchestration.closes import keep_closes
from orchestration.ingest import ingest
from orchestration.settings import Settings
from orchestration.simulator.billing import Charge
from orchestration.simulator.parameters import DEFAULT_AS_OF, Parameters
from orchestration.simulator.practice import build_practice
from orchestration.simulator.simulate import simulate
from orchestration.simulator.world import World

ENCOUNTERS = 1_500
SEED = 5
CLOSED_AT = datetime(2026, 10, 6, 12, tzinfo=UTC)
MONTH = date(2026, 9, 1)
DEFECTS = frozenset({"recent_work", "late_charge", "charge_corrected"})
WANTED = ("--select", "+rpt_month_end", "+rpt_stage_counts")
WITHOUT_TESTS = ("--exclude-resource-type", "test")


@dataclass(frozen=True)
class Close:
    """A month that was reported: its true money, and what the warehouse says."""

    true_at_close: Decimal
    true_now: Decimal
    true_late: Decimal
    at_close: dict[str, Any]
    now: dict[str, Any]
    causes: dict[str, Decimal]
    kept_twice: int


def true_charges() -> list[Charge]:
    """Return the charges of the month, also those to come."""
    parameters = Parameters()
    world = World(
        practice=build_practice(SEED, parameters),
        parameters=parameters,
        as_of=int(DEFAULT_AS_OF.timestamp()),
        defects=DEFECTS,
    )
    journeys = (
        world.journey(n, world.practice.patient(world.patient_number(n)))
        for n in range(1, ENCOUNTERS + 1)
    )
    return [
        charge
        for journey in journeys
        if journey.service_date.startswith(f"{MONTH:%Y-%m}")
        for charge in journey.charges
    ]


def money(charges: list[Charge], counts: Callable[[Charge], bool]) -> Decimal:
    return Decimal(sum(one.amount_cents for one in charges if counts(one))) / 100


def rows_of(data: Path, query: str) -> list[dict[str, Any]]:
    path = str(Settings(data_dir=data).warehouse_path)
    with duckdb.connect(path, read_only=True) as connection:
        found: list[dict[str, Any]] = (
            connection.execute(query, [MONTH]).to_arrow_table().to_pylist()
        )
        return found


@pytest.fixture(scope="module")
def close(tmp_path_factory: pytest.TempPathFactory) -> Close:
    """Report September some days after its end, and look again at the end of October.

    The builds make what a month rests on, and nothing else.
    """
    data = tmp_path_factory.mktemp("close")
    settings = Settings(data_dir=data)
    simulate(
        data,
        encounters=ENCOUNTERS,
        seed=SEED,
        defects=DEFECTS,
        split_at=CLOSED_AT,
    )
    seen = []
    kept = []
    for part, as_of in (("landing", CLOSED_AT), ("landing-later", DEFAULT_AS_OF)):
        ingest(data / part, settings.raw_path, as_of=as_of)
        build(settings, (*WANTED, *WITHOUT_TESTS), lambda _node: None)
        kept.append(keep_closes(settings.warehouse_path, settings.closes_path))
        build(
            settings,
            ("--select", "rpt_restatements", "rpt_month_end"),
            lambda _node: None,
        )
        (row,) = rows_of(data, "from marts.rpt_month_end where month_start_date = ?")
        seen.append(row)
    causes = rows_of(data, "from marts.rpt_restatements where month_start_date = ?")
    charges = true_charges()
    then, now = (int(at.timestamp()) for at in (CLOSED_AT, DEFAULT_AS_OF))
    return Close(
        true_at_close=money(charges, lambda one: one.stands_at(then)),
        true_now=money(charges, lambda one: one.stands_at(now)),
        true_late=money(
            charges, lambda one: one.stands_at(now) and one.entered_at > then
        ),
        at_close=seen[0],
        now=seen[1],
        causes={row["cause"]: row["changed_amount"] for row in causes},
        kept_twice=kept[1],
    )


def test_a_month_is_reported_as_the_charges_truly_stood(close: Close) -> None:
    assert close.at_close["reported_amount"] == close.true_at_close > 0
    assert close.at_close["charged_amount"] == close.true_at_close
    assert close.at_close["restated_amount"] == 0


def test_what_was_reported_comes_back_to_the_cent_after_later_loads(
    close: Close,
) -> None:
    """On the axis of what was known then, not of what is known now."""
    assert close.kept_twice == 0
    assert close.now["reported_amount"] == close.true_at_close
    assert close.now["reported_at"] == close.at_close["reported_at"]
    assert close.now["charged_amount"] == close.true_now != close.true_at_close


def test_every_change_since_has_its_true_cause(close: Close) -> None:
    change = close.true_now - close.true_at_close

    assert close.causes["late data"] == close.true_late > 0
    assert close.causes["correction"] == change - close.true_late
    assert close.causes["rule change"] == 0
    assert sum(close.causes.values()) == close.now["restated_amount"] == change
