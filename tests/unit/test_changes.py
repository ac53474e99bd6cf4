"""Whom a build of changes builds: by following names, and by what many have in common.

The macros' own SQL runs over small tables. All names are made up.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import jinja2
import pytest

MACROS = Path(__file__).resolve().parents[2] / "dbt_project" / "macros"
FILES = ("gather_changes.sql", "last_build.sql")
NOON, ONE = "2026-03-02 12:00:00", "2026-03-02 13:00:00"


def sql(call: str) -> str:
    """Return what a macro renders to."""
    text = "".join((MACROS / name).read_text("utf-8") for name in FILES)
    environment = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"])
    return environment.from_string(text + "{{ " + call + " }}").render()


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a warehouse with the tables that the macros read, all empty."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema changes; create schema intermediate; create schema seeds;
            create table changes.links (record_key varchar, id_key ubigint);
            create table changes.ids (id_key ubigint);
            create table changes.records (record_key varchar);
            create table changes.next_ids (id_key ubigint);
            create table seeds.signature_checks as select 3 as min_signatures_at_once;
            create table intermediate.int_signatures (encounter_key varchar,
                data_source varchar, signer_npi varchar, signed_at timestamp);
            create table intermediate.int_encounter_coverage
                (encounter_key varchar, is_covered boolean);
            create table changes.encounter_coverage_before
                (encounter_key varchar, is_covered boolean);
            """
        )
        yield connection


def column(connection: duckdb.DuckDBPyConnection, query: str) -> list[object]:
    return sorted(row[0] for row in connection.execute(query).fetchall())


def walk(connection: duckdb.DuckDBPyConnection) -> int:
    """Follow names until nothing is new, as a build does; return in how many steps."""
    steps = 0
    while column(connection, "select id_key from changes.next_ids"):
        connection.execute(sql("follow_ids()"))
        steps += 1
    return steps


def test_names_are_followed_to_all_records_of_the_same_patients(warehouse):
    """A visit names its patient, who is named by a second visit, which has a claim."""
    warehouse.execute(
        "insert into changes.links values ('visit 1', 1), ('visit 1', 10),"
        " ('visit 2', 10), ('visit 2', 2), ('claim', 2), ('claim', 30),"
        " ('answer', 30), ('other visit', 4), ('other visit', 11)"
    )
    warehouse.execute("insert into changes.next_ids values (1)")

    steps = walk(warehouse)

    records = column(warehouse, "select record_key from changes.records")
    assert records == ["answer", "claim", "visit 1", "visit 2"]
    assert column(warehouse, "select id_key from changes.ids") == [1, 2, 10, 30]
    assert steps == 4


def test_names_that_go_round_in_a_circle_end(warehouse):
    warehouse.execute(
        "insert into changes.links values ('a', 1), ('a', 2), ('b', 2), ('b', 1)"
    )
    warehouse.execute("insert into changes.next_ids values (1)")

    assert walk(warehouse) == 2
    assert column(warehouse, "select record_key from changes.records") == ["a", "b"]


def sign(connection: duckdb.DuckDBPyConnection, times: dict[str, str]) -> None:
    connection.execute("truncate intermediate.int_signatures")
    for encounter, at in times.items():
        connection.execute(
            "insert into intermediate.int_signatures values (?, 's', '1', ?)",
            [encounter, at],
        )


@pytest.mark.parametrize(
    ("before", "now", "touched"),
    [
        ({"a": NOON, "b": NOON}, {"a": NOON, "b": NOON, "c": NOON}, ["a", "b", "c"]),
        ({"a": NOON, "b": NOON, "c": NOON}, {"a": NOON, "b": NOON}, ["a", "b"]),
        ({"a": NOON, "b": NOON}, {"a": NOON, "b": NOON, "c": ONE}, []),
        (dict.fromkeys("abc", NOON), dict.fromkeys("abcd", NOON), []),
    ],
    ids=["now many", "no longer many", "never many", "many as before"],
)
def test_those_signed_at_once_are_touched_when_that_begins_or_ends(
    warehouse, before, now, touched
):
    sign(warehouse, before)
    warehouse.execute(
        "create table changes.signatures_at_once_before as "
        + sql("signatures_at_once()")
    )
    sign(warehouse, now)

    assert column(warehouse, sql("touched_encounters()")) == touched


def test_an_encounter_is_touched_when_what_is_known_of_its_feeds_changes(warehouse):
    warehouse.execute(
        "create table changes.signatures_at_once_before as "
        + sql("signatures_at_once()")
    )
    warehouse.execute(
        "insert into changes.encounter_coverage_before values ('a', true), ('b', true)"
    )
    warehouse.execute(
        "insert into intermediate.int_encounter_coverage"
        " values ('a', true), ('b', false), ('c', true)"
    )

    assert column(warehouse, sql("touched_encounters()")) == ["b", "c"]
