"""Thirty daily drops give the same staging tables in whatever order they arrive.

The senders overlap, send files again under other names, and reuse names for new
content. `pytest --orders N` tries more orders than the usual few.
"""

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.build import build
from orchestration.ingest import ingest
from orchestration.raw import LOAD_LOG
from orchestration.settings import Settings
from orchestration.simulator.exports import (
    SystemExports,
    directory_records,
    encounter_records,
    patient_records,
)
from orchestration.simulator.observe_csv import directory_rows
from orchestration.simulator.observe_x12 import ExchangeWriter
from orchestration.simulator.output import iso_utc
from orchestration.simulator.parameters import (
    ALL_DEFECTS,
    DEFAULT_AS_OF,
    Parameters,
)
from orchestration.simulator.parts import whole
from orchestration.simulator.practice import FHIR, build_practice
from orchestration.simulator.runs import DAY
from orchestration.simulator.world import World

DAYS = 30
ENCOUNTERS = 450  # a third of them in each kind of system
COVERED_DAYS = 12
SEED = 5
FIXED_NAMES = {"encounters.csv", "charges.csv", "Encounter.ndjson.gz"}
# When a row came, and in which batch, is all that the order of arrival may change.
ARRIVAL = ("loaded_at", "batch_id")

Drop = dict[str, bytes]
Digests = dict[str, tuple[int, str]]


def simulated_world() -> World:
    parameters = Parameters()
    return World(
        practice=build_practice(SEED, parameters),
        parameters=parameters,
        as_of=int(DEFAULT_AS_OF.timestamp()),
        defects=ALL_DEFECTS,
    )


def write_days(folder: Path, world: World) -> None:
    """Write each day's export of the visits of the days before it."""
    first = world.as_of - (DAYS - 1) * DAY
    days = [first + number * DAY for number in range(DAYS)]
    exports = [
        SystemExports(folder / f"{day:02d}", at, iso_utc(at)[:10])
        for day, at in enumerate(days)
    ]
    exchange = ExchangeWriter(whole(folder / "exchange"), folder / "scratch", world)
    patients = set()
    for index in range(1, ENCOUNTERS + 1):
        patient = world.practice.patient(world.patient_number(index))
        journey = world.journey(index, patient)
        exchange.add(journey)
        for export in exports:
            if abs(journey.scheduled_for - export.at) <= COVERED_DAYS * DAY:
                export.write(encounter_records(journey, export.at))
        if patient.number not in patients and patient.facility.system == FHIR:
            patients.add(patient.number)
            export = exports[patient.number % DAYS]
            insurance = world.insurance(patient)
            export.write(patient_records(patient, insurance, world.as_of))
    people = [
        (kind, content)
        for kind, content in directory_records(world, world.as_of)
        if isinstance(content, bytes)
    ]
    for number, export in enumerate(exports):
        changed_at = world.as_of - (365 - number) * DAY
        export.write(directory_rows(world.practice, changed_at))
        if number % 10 == 0:
            export.write(people)
        export.close()
    exchange.close()


def hl7v2_days() -> list[bytes]:
    """Return each day's messages: four visits, and one of the day before again.

    What is sent again is the same message; every third day it tells another room,
    and every sixth that at the same time.
    """
    found = []
    for day in range(DAYS):
        messages = [admission(day * 4 + visit, day, "A") for visit in range(4)]
        if day:
            sent_on = day - 1 if day % 6 == 0 else day
            room = "B" if day % 3 == 0 else "A"
            messages.append(admission((day - 1) * 4, sent_on, room))
        found.append("".join(messages).encode())
    return found


def admission(visit: int, sent_on: int, room: str) -> str:
    """Return a made-up message that tells of the start of a visit."""
    segments = (
        f"MSH|^~\\&|ADT|CLINIC|||202610{sent_on + 1:02d}0830||ADT^A04|M{visit}|P|2.5.1",
        f"EVN|A04|202610{sent_on + 1:02d}0829",
        f"PID|1||P{visit % 7}^^^CLINIC^MR||Nobody^Test||19700101|U",
        f"PV1|1|O|{room}^1^1||||1234567893^Nobody^Test|||||||||||V{visit}",
    )
    return "".join(f"{segment}\r" for segment in segments)


def fixed_name(path: Path) -> str:
    """Take the date off the names of some files: each day's file has the same."""
    kind = path.name[len("2026-10-31-") :]
    return kind if kind in FIXED_NAMES else path.name


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> list[Drop]:
    """Return what arrives on each day, by file name."""
    folder = tmp_path_factory.mktemp("drops")
    write_days(folder, simulated_world())
    drops = [
        {
            f"{path.parent.name}/{fixed_name(path)}": path.read_bytes()
            for path in sorted((folder / f"{day:02d}").rglob("*.*"))
        }
        for day in range(DAYS)
    ]
    exchanged = sorted((folder / "exchange").rglob("*.83*"))
    for number, path in enumerate(exchanged):
        drops[number * DAYS // len(exchanged)][path.name] = path.read_bytes()
    for day, messages in enumerate(hl7v2_days()):
        drops[day][f"{day:02d} interface.hl7"] = messages
    chance = random.Random(SEED)
    for day in range(1, DAYS):
        name, content = chance.choice(sorted(drops[chance.randrange(day)].items()))
        drops[day][f"again/{day} {Path(name).name}"] = content
    return drops


def orders(count: int) -> list[list[int]]:
    """Return as many orders of the days, the two extremes first."""
    found = [list(range(DAYS)), list(reversed(range(DAYS)))]
    for number in range(count - len(found)):
        found.append(random.Random(number).sample(range(DAYS), DAYS))
    return found[:count]


def receive(data: Path, drops: list[Drop], order: list[int]) -> None:
    """Let the drops arrive one by one, each followed by an ingest."""
    for day in order:
        for name, content in drops[day].items():
            target = data / "landing" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        ingest(data / "landing", data / "raw", as_of=DEFAULT_AS_OF)


@pytest.fixture(scope="module")
def chronological(drops: list[Drop], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder that received the days one after the other."""
    data = tmp_path_factory.mktemp("chronological")
    receive(data, drops, orders(1)[0])
    return data


@pytest.fixture(scope="module")
def staging_sql(chronological: Path) -> dict[str, str]:
    """Return the SQL of each staging model of a feed, as dbt compiles it."""
    models_only = ["--select", "tag:staging", "--exclude-resource-type", "test"]
    build(Settings(data_dir=chronological), models_only, no_report)
    compiled = (chronological / "dbt" / "compiled").rglob("stg_*.sql")
    return {
        path.stem: path.read_text()
        for path in sorted(compiled)
        if path.parent.name in ("csv", "fhir", "hl7v2", "x12")
    }


@pytest.fixture(scope="module")
def raw_view_sql(chronological: Path, staging_sql: dict[str, str]) -> list[str]:
    """Return the SQL of each view of raw that dbt made, the raw folder as `{raw}`."""
    with duckdb.connect(str(chronological / "warehouse.duckdb")) as connection:
        views = connection.execute(
            "select sql from duckdb_views() where schema_name = 'raw'"
        ).fetchall()
    folder = str(chronological / "raw")
    return [str(sql).replace(folder, "{raw}") for (sql,) in views]


def no_report(node: dict[str, Any]) -> None:
    """Nobody waits for single models here."""


def staging_digests(
    raw: Path,
    raw_view_sql: list[str],
    staging_sql: dict[str, str],
    digest: Callable[..., tuple[int, str]],
) -> Digests:
    """Run the staging models on a raw folder and digest their rows."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("create schema warehouse.raw")
        connection.execute("use warehouse")
        for view in raw_view_sql:
            connection.execute(view.replace("{raw}", str(raw)))
        connection.execute("create schema warehouse.staging")
        for model in in_order(staging_sql):
            table = f"create table staging.{model} as {staging_sql[model]}"
            connection.execute(table)
        return {
            model: digest(
                connection,
                f"select columns(lambda name: ltrim(name, '_') not in {ARRIVAL})"
                f" from staging.{model}",
            )
            for model in staging_sql
        }


def in_order(staging_sql: dict[str, str]) -> list[str]:
    """Return the models so that each comes after those that it reads."""
    ordered: list[str] = []
    while waiting := [model for model in staging_sql if model not in ordered]:
        ordered += [
            model
            for model in waiting
            if not any(
                f'"{other}"' in staging_sql[model]
                for other in waiting
                if other != model
            )
        ]
    return ordered


def contents(raw: Path) -> list[tuple[object, ...]]:
    """Return what became of each content, under whichever of its names."""
    return duckdb.execute(
        f"""
        select
            file_id,
            format,
            feed,
            max(received_count),
            max(loaded_count),
            max(rejected_count),
            count(*) filter (where outcome <> 'duplicate'),
            count(*),
            bool_and(
                received_count = loaded_count + duplicate_count + rejected_count
            )
        from '{raw / LOAD_LOG}/*.parquet'
        group by all
        order by all
        """
    ).fetchall()


def test_the_drops_overlap_repeat_and_reuse_names(drops: list[Drop]) -> None:
    names = [name for drop in drops for name in drop]
    contents = [content for drop in drops for content in drop.values()]
    assert len(names) > len(set(names)) + DAYS
    assert len(contents) > len(set(contents)) + DAYS - 2
    kinds = {Path(name).suffix for name in names}
    assert kinds >= {".ndjson", ".gz", ".csv", ".hl7", ".837", ".835"}


def test_each_content_is_loaded_once_and_accounted_for(
    chronological: Path, drops: list[Drop]
) -> None:
    found = contents(chronological / "raw")
    assert len(found) == len({content for drop in drops for content in drop.values()})
    assert {row[6] for row in found} == {1}
    assert {row[8] for row in found} == {True}
    assert sum(int(str(row[7])) for row in found) > len(found) + DAYS - 2


Results = tuple[Digests, Digests, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def results_of(
    raw_view_sql: list[str],
    staging_sql: dict[str, str],
    raw_digests: Any,
    digest_of: Any,
) -> Callable[[Path], Results]:
    """Return a function that digests raw, staging and the load log of a data folder."""

    def results(data: Path) -> Results:
        raw = data / "raw"
        staged = staging_digests(raw, raw_view_sql, staging_sql, digest_of)
        return raw_digests(raw), staged, contents(raw)

    return results


def test_staging_has_many_versions_to_choose_from(
    chronological: Path, results_of: Callable[[Path], Results]
) -> None:
    in_raw, staged, _ = results_of(chronological)
    assert len(staged) > 20
    received, kept = in_raw["encounters"][0], staged["stg_csv__encounters"][0]
    assert received > 3 * kept > 100
    received, kept = in_raw["hl7v2_segments"][0], staged["stg_hl7v2__messages"][0]
    assert received > 4 * kept == 16 * DAYS


def test_any_order_of_arrival_gives_the_same_tables(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    chronological: Path,
    drops: list[Drop],
    results_of: Callable[[Path], Results],
) -> None:
    expected = results_of(chronological)
    for number, order in enumerate(orders(request.config.getoption("--orders"))[1:]):
        data = tmp_path / str(number)
        receive(data, drops, order)
        for name, found, wanted in zip(
            ("raw", "staging", "load log"), results_of(data), expected, strict=True
        ):
            assert found == wanted, f"{name} after the days came as {order}"
        shutil.rmtree(data)
