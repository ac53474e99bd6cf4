"""Who may read what in PostgreSQL, and what is nobody's but the few's.

Publications are made up from the contracts of the marts; a real PostgreSQL holds them.
"""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from orchestration.dbt_runner import prepare_manifest
from orchestration.dictionary import read_marts
from orchestration.postgres.publication import publish_to_postgres
from orchestration.postgres.refusals import PostgresError
from tests.golden.publications import (
    SENTINEL,
    asked,
    make_reader,
    some_rows,
    told,
    write_publication,
)

IDENTIFIERS = {
    "fct_encounters": {"encounter_id"},
    "fct_claims": {"claim_id", "patient_control_number"},
    "fct_remittances": {
        "remittance_id",
        "patient_control_number",
        "payer_claim_number",
    },
    "fct_encounter_blockers": {"evidence"},
    "fct_documentation_gaps": {"evidence"},
    "rpt_worklist": {"encounter_id"},
    "rpt_ready_not_billed": {"encounter_id"},
    "rpt_unmatched_records": {"record_id"},
}


def test_every_column_that_may_identify_a_record_is_known_not_to_or_restricted() -> (
    None
):
    """A new column with such a name is a decision: here, or `is_identifier`."""
    harmless = {
        "batch_id",
        "facility_id",
        "file_id",
        "hand_off_number",
        "month_number",
        "payer_id",
        "point_number",
        "requirement_id",
        "run_id",
        "source_file_id",
        "span_number",
        "weekday_number",
        "year_number",
    }
    words = ("_id", "_number", "evidence", "_text", "birth_date")
    found = {
        (node["name"], name)
        for node in read_marts(prepare_manifest())
        for name, column in node["columns"].items()
        if name.endswith(words) and not column["config"]["meta"].get("is_identifier")
    }
    assert {pair for pair in found if pair[1] not in harmless} == set()


def test_what_identifies_somebody_stands_in_the_restricted_schema_only(
    publish, url: str
) -> None:
    rows = some_rows(3)
    for table, columns in IDENTIFIERS.items():
        for row in rows.setdefault(table, [{}]):
            row.update(dict.fromkeys(columns, f"{SENTINEL}{table}"))
    key = {"encounter_key": "e1"}
    rows["fct_remittances"][0]["remittance_key"] = "r"
    rows["fct_encounter_blockers"][0] |= key | {"blocker_code": "DOC-01"}
    rows["dim_blockers"] = [{"blocker_code": "DOC-01"}]
    rows["fct_documentation_gaps"][0] |= key | {"requirement_id": "R001"}
    rows["dim_requirements"] = [{"requirement_id": "R001"}]
    rows["rpt_ready_not_billed"][0] |= key
    rows["rpt_unmatched_records"][0]["unmatched_key"] = "u"

    publish(rows)

    texts = asked(
        url,
        """
        select table_schema, table_name, column_name from information_schema.columns
        where table_schema in ('marts', 'ops', 'restricted') and data_type = 'text'
        """,
    )
    found: dict[str, set[str]] = {}
    for schema, table, column in texts:
        [(count,)] = asked(
            url,
            f"select count(*) from {schema}.{table} where {column} like '{SENTINEL}%'",
        )
        if count:
            assert schema == "restricted"
            found.setdefault(table, set()).add(column)
    assert found == IDENTIFIERS


def test_each_role_reads_what_is_its_own_and_writes_nothing(publish, url: str) -> None:
    publish(some_rows(2))
    analyst = make_reader(url, "analyst", "bi_reader", None)
    operations = make_reader(url, "operations", "ops_reader", None)

    assert asked(url, "select count(*) from marts.fct_encounters", analyst) == [(2,)]
    for table in ("ops.fct_file_loads", "restricted.fct_encounters"):
        count = 2 if table.endswith("encounters") else 1
        assert asked(url, f"select count(*) from {table}", operations) == [(count,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            asked(url, f"select count(*) from {table}", analyst)
    for role in (analyst, operations):
        for statement in (
            "delete from marts.fct_encounters",
            "update marts.rpt_month_end set charged_amount = 0",
            "insert into access.facility_readers values ('analyst', null)",
            "create table marts.mine (a int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                asked(url, statement, role)


@pytest.mark.parametrize(
    ("facilities", "seen"),
    [
        ((), ""),
        (("north",), "e0 e2"),
        (("north", "south"), "e0 e1 e2 e3"),
        ((None,), "e0 e1 e2 e3 e4"),
    ],
)
def test_a_reader_sees_its_facilities_and_no_others(
    publish, url: str, facilities, seen
) -> None:
    """The fifth visit is of no known facility: only who sees all sees it."""
    rows = some_rows(5)
    rows["fct_encounters"][4]["facility_key"] = None
    rows["rpt_worklist"][4]["facility_key"] = None
    publish(rows)
    reader = make_reader(url, "reader", "ops_reader", *facilities)

    keys = seen.split()
    tables = {
        "marts.fct_encounters": "encounter_key",
        "marts.fct_encounter_events": "encounter_key",
        "marts.rpt_worklist": "encounter_key",
        "marts.bridge_encounters_claims": "encounter_key",
        "restricted.fct_encounters": "encounter_key",
        "marts.fct_claims": "replace(claim_key, 'claim of ', '')",
        "restricted.fct_claims": "replace(claim_key, 'claim of ', '')",
        "marts.dim_patients": "replace(patient_key, 'patient of ', '')",
    }
    for table, column in tables.items():
        found = asked(url, f"select {column} from {table} order by 1", reader)
        assert (table, [row[0] for row in found]) == (table, keys)
    for table in ("marts.rpt_month_end", "ops.fct_file_loads"):
        [(count,)] = asked(url, f"select count(*) from {table}", reader)
        assert (table, count) == (table, int(None in facilities))
    assert len(asked(url, "select * from marts.dim_facilities", reader)) == 2


def test_grants_policies_and_views_of_others_stay(publish, url: str) -> None:
    publish(some_rows(2))
    told(
        url,
        "drop role if exists auditor",
        "create role auditor login",
        "grant usage on schema marts to auditor",
        "grant select on marts.fct_encounters to auditor",
        "create policy audits on marts.fct_encounters to auditor using (stage = 'x')",
        "create view public.mine as select encounter_key from marts.fct_encounters",
    )
    make_reader(url, "reader", "bi_reader", "north")
    tables = asked(url, "select oid from pg_class where relname = 'fct_encounters'")

    for version in range(3):
        publish(some_rows(4, version))

    there = asked(url, "select oid from pg_class where relname = 'fct_encounters'")
    assert there == tables
    assert asked(url, "select count(*) from public.mine") == [(4,)]
    assert asked(url, "select count(*) from marts.fct_encounters", "auditor") == [(0,)]
    assert asked(url, "select count(*) from marts.fct_encounters", "reader") == [(2,)]


def test_a_publisher_needs_no_more_rights_than_to_own_its_database(
    tmp_path: Path, server: str, manifest: dict[str, Any]
) -> None:
    told(
        f"{server}/postgres",
        "drop role if exists publisher",
        "create role publisher login createrole",
    )
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute("create database owned owner publisher")
    database = write_publication(tmp_path / "a.duckdb", some_rows(2))
    url = f"{server}/owned".replace("postgres@", "publisher@")
    # Roles belong to the server: those of other tests must let this one in.
    told(f"{server}/postgres", 'grant "owner" to publisher')

    for version in range(2):
        write_publication(database, some_rows(2, version))
        publish_to_postgres(database, url, manifest, tmp_path / "kept")

    assert asked(f"{server}/owned", "select count(*) from marts.fct_claims") == [(2,)]


def test_a_stranger_is_told_which_right_is_missing(
    tmp_path: Path, server: str, manifest: dict[str, Any]
) -> None:
    told(
        f"{server}/postgres",
        "drop role if exists stranger",
        "create role stranger login",
    )
    database = write_publication(tmp_path / "a.duckdb", some_rows(1))
    url = f"{server}/postgres".replace("postgres@", "stranger@")

    with pytest.raises(PostgresError, match="for want of a right"):
        publish_to_postgres(database, url, manifest, tmp_path / "kept")
