"""What nobody writes about changes at its wake time and at no other.

One ingest, and warehouses built from it for several moments. The first lies before
the last records, so that much is dated ahead of it; the second is that of the
records, as on any day, and the third a week without news after it.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt_runner import run_command
from orchestration.ingest import ingest
from orchestration.settings import Settings
from orchestration.simulator.parameters import DEFAULT_AS_OF
from orchestration.simulator.simulate import simulate
from orchestration.sources import read_sources

ENCOUNTERS = 800
SEED = 23
LAST_RECORDS = DEFAULT_AS_OF.astimezone(UTC).replace(tzinfo=None)
MOMENTS = {
    "week_before": LAST_RECORDS - timedelta(days=7),
    "last_records": LAST_RECORDS,
    "week_after": LAST_RECORDS + timedelta(days=7),
}
PAIRS = [("week_before", "last_records"), ("last_records", "week_after")]
OF_ENCOUNTERS = (
    "marts.fct_encounters",
    "marts.fct_encounter_events",
    "marts.fct_encounter_blockers",
    "marts.fct_documentation_gaps",
    "marts.bridge_encounters_claims",
    "intermediate.int_encounter_waits",
)
OF_CLAIMS = ("marts.fct_claims", "marts.fct_denials", "marts.fct_remittances")
# In a day few visits change by themselves, and those that are woken do change.
MOST_IN_A_DAY = 0.03
LEAST_OF_THE_WOKEN = 0.9

Keys = set[str]


@dataclass(frozen=True)
class Warehouses:
    """The warehouses of all moments, each attached under the name of its moment."""

    connection: duckdb.DuckDBPyConnection

    def keys(self, query: str) -> Keys:
        return {key for (key,) in self.connection.execute(query).fetchall()}

    def count(self, query: str) -> int:
        return int(self.connection.execute(query).fetchall()[0][0])

    def changed(self, before: str, after: str) -> Keys:
        """Return the encounters that have other rows in any mart about them."""
        changed: Keys = set()
        for table in OF_ENCOUNTERS:
            differ = _difference(f"from {before}.{table}", f"from {after}.{table}")
            changed |= self.keys(f"select encounter_key from ({differ})")
        waits = [_waits(before), _waits(after)]
        changed |= self.keys(f"select encounter_key from ({_difference(*waits)})")
        for table in OF_CLAIMS:
            differ = _difference(f"from {before}.{table}", f"from {after}.{table}")
            changed |= self.keys(
                f"select encounter_key from ({differ})"
                f" inner join {before}.marts.bridge_encounters_claims using (claim_key)"
            )
        return changed

    def woken(self, before: str, moment: datetime) -> Keys:
        """Return the encounters that the first warehouse wakes until a moment."""
        return self.keys(
            "select encounter_key from"
            f" {before}.intermediate.int_encounter_wake_times"
            f" where wakes_at <= timestamp '{moment}'"
        )

    def excused(self, before: str, after: str) -> Keys:
        """Return the encounters that share a number with others which is another.

        Coverage of their feeds, the usual time of their payer where nothing else is
        another, how long visits of their kind last: time wakes nobody for these.
        """
        coverage = _difference(
            f"from {before}.intermediate.int_encounter_coverage",
            f"from {after}.intermediate.int_encounter_coverage",
        )
        times = _difference(
            f"from {before}.intermediate.int_payer_response_times",
            f"from {after}.intermediate.int_payer_response_times",
        )
        blockers = _difference(
            f"from {before}.marts.fct_encounter_blockers",
            f"from {after}.marts.fct_encounter_blockers",
        )
        return self.keys(
            f"""
            select encounter_key from ({coverage})
            union
            select encounter_key
            from {before}.intermediate.int_payer_waits
            inner join {before}.intermediate.int_encounter_chains using (chain_key)
            inner join (select distinct data_source, payer_id from ({times}))
                using (data_source, payer_id)
            inner join ({blockers}) using (encounter_key)
            group by encounter_key
            having bool_and(blocker_code in ('PAY-02', 'PAY-05'))
            union
            select encounter_key
            from {before}.intermediate.int_visit_blockers as earlier
            inner join {after}.intermediate.int_visit_blockers as later
                using (encounter_key, blocker_code, evidence)
            where earlier.started_at <> later.started_at
            """
        )


def _difference(one: str, other: str) -> str:
    return f"(({one}) except ({other})) union all (({other}) except ({one}))"


def _waits(moment: str) -> str:
    """Return a query of the waits of a moment, what goes on without its end."""
    return f"""
        select
            encounter_key, owner_role, blocker_code, started_at,
            nullif(ended_at, as_of) as ended_at
        from {moment}.marts.fct_encounter_waits
        cross join {moment}.intermediate.int_clock
    """


def set_clock(raw: Path, moment: datetime) -> None:
    """Let the next build look from another moment, without an ingest."""
    file = raw / "run" / "run.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"create table runs as select * replace (timestamp '{moment}' as as_of)"
            f" from '{file}'"
        )
        connection.execute(f"copy runs to '{file}' (format parquet)")


def no_report(node: dict[str, Any]) -> None:
    """Nobody waits for single models here."""


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouses]:
    data = tmp_path_factory.mktemp("practice")
    simulate(data, encounters=ENCOUNTERS, seed=SEED)
    sources = read_sources(data / "sources.yml")
    raw = data / "raw"
    ingest(data / "landing", raw, as_of=DEFAULT_AS_OF, sources=sources)
    selection: list[str] = []
    connection = duckdb.connect()
    for name, moment in MOMENTS.items():
        set_clock(raw, moment)
        whole = ("build", "--exclude-resource-types", "unit_test", "test")
        run_command(Settings(data_dir=data), (*whole, *selection), no_report)
        shutil.copy(data / "warehouse.duckdb", data / f"{name}.duckdb")
        connection.execute(f"attach '{data}/{name}.duckdb' as {name} (read_only)")
        selection = ["--select", "tag:intermediate", "tag:marts"]
    yield Warehouses(connection)
    connection.close()


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_who_changes_without_a_record_was_to_be_woken(
    warehouses: Warehouses, before: str, after: str
) -> None:
    changed = warehouses.changed(before, after)
    woken = warehouses.woken(before, MOMENTS[after])
    excused = warehouses.excused(before, after)
    assert changed - excused - woken == set()
    assert len((changed & woken) - excused) > ENCOUNTERS / 50


def test_few_encounters_wake_in_a_day(warehouses: Warehouses) -> None:
    woken = warehouses.woken("last_records", LAST_RECORDS + timedelta(days=1))
    assert 0 < len(woken) <= MOST_IN_A_DAY * ENCOUNTERS


def test_who_is_woken_has_changed(warehouses: Warehouses) -> None:
    """Waking everybody all the time would miss nobody either."""
    changed = warehouses.changed("last_records", "week_after")
    woken = warehouses.woken("last_records", MOMENTS["week_after"])
    assert len(woken & changed) >= LEAST_OF_THE_WOKEN * len(woken)
    assert len(woken) < ENCOUNTERS / 10


def test_nobody_is_excused_while_no_record_is_dated_ahead(
    warehouses: Warehouses,
) -> None:
    changed = warehouses.changed("last_records", "week_after")
    assert changed & warehouses.excused("last_records", "week_after") == set()


def test_waits_do_not_know_what_time_it_is(warehouses: Warehouses) -> None:
    woken = warehouses.woken("last_records", MOMENTS["week_after"])
    going_on = warehouses.keys(
        "select encounter_key from last_records.intermediate.int_encounter_waits"
        " where ended_at is null"
    )
    longer = warehouses.keys(
        """
        select encounter_key
        from last_records.marts.fct_encounter_waits as earlier
        inner join week_after.marts.fct_encounter_waits as later
            using (encounter_key, started_at)
        where later.ended_at = earlier.ended_at + interval '7' day
        """
    )
    assert len(going_on - woken) > ENCOUNTERS / 20
    assert going_on - woken <= longer
