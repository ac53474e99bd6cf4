"""What readers of PostgreSQL see: one publication at a time, whole and as it was made.

Publications are made up from the contracts of the marts; a real PostgreSQL holds them.
"""

import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from orchestration.dbt_runner import prepare_manifest
from orchestration.dictionary import read_marts
from orchestration.postgres.publication import publish_to_postgres
from orchestration.postgres.refusals import PostgresError
from orchestration.postgres.transaction import Transaction
from tests.golden.publications import (
    SENTINEL,
    Rows,
    asked,
    some_rows,
    told,
    write_publication,
)

READERS, READS, PUBLICATIONS = 8, 1_000, 20


def test_readers_see_one_publication_at_a_time(
    tmp_path: Path, url: str, manifest: dict[str, Any]
) -> None:
    """A thousand reads by eight readers during twenty publications."""
    counts = {version: 40 + version % 3 for version in range(PUBLICATIONS + 1)}
    databases = [
        write_publication(tmp_path / f"{n}.duckdb", some_rows(count, n))
        for n, count in counts.items()
    ]
    kept = tmp_path / "kept"
    publish_to_postgres(databases[0], url, manifest, kept)
    one = """
        select
            (select count(*) from marts.fct_encounters),
            (select count(*) from marts.fct_encounter_events),
            (select encounter_count from marts.rpt_stage_counts),
            (select max(expected_amount) from marts.fct_encounters),
            (select min(claim_amount) from marts.fct_claims),
            (select charged_amount from marts.rpt_month_end),
            (select sum(worklist_rank) from marts.rpt_worklist),
            (select loaded_count from ops.fct_file_loads)
    """
    seen: list[tuple[Any, ...]] = []
    goes_on = threading.Event()
    goes_on.set()

    def read() -> None:
        with psycopg.connect(url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            done = 0
            while goes_on.is_set() or done < READS // READERS:
                with connection.transaction():
                    first = connection.execute(one).fetchone()
                    second = connection.execute(one).fetchone()
                assert first is not None
                assert first == second
                seen.append(first)
                done += 1
                time.sleep(0.1)

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    for database in databases[1:]:
        publish_to_postgres(database, url, manifest, kept)
    goes_on.clear()
    for thread in threads:
        thread.join()

    whole = {
        (n, n, n, version, version, version, n * version, version)
        for version, n in counts.items()
    }
    assert len(seen) >= READS
    assert [row for row in seen if row not in whole] == []
    assert len(set(seen)) > PUBLICATIONS // 2


def test_rows_are_those_of_the_publication(publish, url: str, tmp_path: Path) -> None:
    result = publish(some_rows(7, 3))

    assert result.brought_count > 7 * 6
    assert result.gone_count == 0
    with duckdb.connect(
        str(tmp_path / "chartgap.duckdb"), read_only=True
    ) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
        for schema, name in tables:
            columns = [
                row[0]
                for row in asked(
                    url,
                    "select column_name from information_schema.columns where"
                    f" table_schema = '{schema}' and table_name = '{name}'",
                )
            ]
            query = f"select {', '.join(columns)} from {schema}.{name}"
            expected = connection.execute(query).fetchall()
            assert sorted(map(repr, asked(url, query))) == sorted(map(repr, expected))
    assert len(tables) > 40


def test_rows_that_change_go_and_come_are_taken_over_and_no_others(
    publish, url: str
) -> None:
    publish(some_rows(5))
    before = dict(asked(url, "select encounter_key, xmin from marts.fct_encounters"))
    rows = some_rows(6)
    del rows["fct_encounters"][0], rows["fct_encounter_events"][0]
    del rows["bridge_encounters_claims"][0], rows["rpt_worklist"][0]
    rows["fct_encounters"][0]["stage"] = "closed"

    publish(rows)

    found = dict(asked(url, "select encounter_key, stage from marts.fct_encounters"))
    assert found == dict.fromkeys(["e2", "e3", "e4", "e5"], "charge") | {"e1": "closed"}
    after = dict(asked(url, "select encounter_key, xmin from marts.fct_encounters"))
    assert {key for key in before if after.get(key) == before[key]} == {
        "e2",
        "e3",
        "e4",
    }


def test_where_the_file_of_the_last_one_is_lost_what_is_held_is_read(
    publish, url: str, tmp_path: Path
) -> None:
    publish(some_rows(5))
    told(
        url,
        "update marts.fct_encounters set stage = 'coding' where encounter_key = 'e1'",
    )
    assert publish(some_rows(5)).brought_count == 0
    [file] = (tmp_path / "kept").glob("*.duckdb")
    file.unlink()

    result = publish(some_rows(5))

    assert (result.brought_count, result.gone_count) == (1, 1)
    query = "select distinct stage from marts.fct_encounters"
    assert asked(url, query) == [("charge",)]


def test_rows_with_keys_in_part_unknown_are_taken_over(publish, url: str) -> None:
    def waits(*rows: tuple[str | None, int]) -> Rows:
        return {
            "rpt_money": [
                {"scope": "facility", "facility_key": key, "dnfb_amount": amount}
                for key, amount in rows
            ],
            "dim_facilities": [{"facility_key": "north"}],
        }

    publish(waits(("north", 1), (None, 2)))
    result = publish(waits(("north", 1), (None, 3)))

    assert (result.brought_count, result.gone_count) == (1, 1)
    found = asked(url, "select facility_key, dnfb_amount from marts.rpt_money")
    assert {key: int(amount) for key, amount in found} == {"north": 1, None: 3}


def test_keys_indexes_and_comments_are_those_of_the_contracts(
    publish, url: str, manifest: dict[str, Any]
) -> None:
    publish(some_rows(2))
    keys = asked(
        url,
        """
        select conrelid::regclass::text, contype::text, pg_get_constraintdef(oid)
        from pg_constraint where connamespace = 'marts'::regnamespace
        """,
    )

    kinds = {(table, kind) for table, kind, _ in keys}
    for node in read_marts(prepare_manifest()):
        is_keyed = any(
            one["type"] == "primary_key"
            for column in node["columns"].values()
            for one in column["constraints"]
        )
        if node["schema"] == "marts" and is_keyed:
            assert (f"marts.{node['name']}", "p") in kinds
        said = asked(
            url,
            "select obj_description(%s::regclass)".replace(
                "%s", f"'{node['schema']}.{node['name']}'"
            ),
        )
        assert said == [(" ".join(node["description"].split()),)]
    foreign = {(table, text) for table, kind, text in keys if kind == "f"}
    reference = (
        "FOREIGN KEY (encounter_key) REFERENCES marts.fct_encounters(encounter_key)"
        " DEFERRABLE INITIALLY DEFERRED"
    )
    assert ("marts.rpt_worklist", reference) in foreign
    assert len(foreign) > 40
    [(comment,)] = asked(
        url,
        "select col_description('marts.fct_encounters'::regclass, attnum)"
        " from pg_attribute where attrelid = 'marts.fct_encounters'::regclass"
        " and attname = 'stage'",
    )
    nodes = manifest["nodes"].values()
    [node] = [one for one in nodes if one["name"] == "fct_encounters"]
    assert comment == node["columns"]["stage"]["description"].strip()
    unindexed = asked(
        url,
        """
        select distinct confrelid::regclass::text from pg_constraint
        where contype = 'f' and not exists (
            select from pg_index
            where indrelid = conrelid and indkey[0] = conkey[1]
        )
        """,
    )
    few = {"blockers", "dates", "payers", "requirements"}
    assert {table for (table,) in unindexed} <= {f"marts.dim_{name}" for name in few}


def test_columns_that_come_go_and_change_are_changed_in_place(
    tmp_path: Path, url: str, manifest: dict[str, Any]
) -> None:
    database = write_publication(tmp_path / "a.duckdb", some_rows(2, 5))
    publish_to_postgres(database, url, manifest, tmp_path / "kept")
    told(url, "grant select on marts.rpt_month_end to bi_reader")
    with duckdb.connect(str(database)) as connection:
        for change in (
            "alter table marts.rpt_month_end add column added varchar default 'new'",
            "alter table marts.rpt_month_end drop column as_of",
            "alter table marts.rpt_month_end alter charged_amount type varchar",
            "drop table marts.rpt_flow",
            "create table marts.rpt_new as select 1 as a",
        ):
            connection.execute(change)

    publish_to_postgres(database, url, manifest, tmp_path / "kept")

    [row] = asked(url, "select added, charged_amount from marts.rpt_month_end")
    assert row == ("new", "5.00")
    columns = asked(
        url,
        "select column_name from information_schema.columns"
        " where table_name = 'rpt_month_end'",
    )
    assert ("as_of",) not in columns
    assert asked(url, "select to_regclass('marts.rpt_flow')") == [(None,)]
    assert asked(url, "select a from marts.rpt_new") == [(1,)]
    grants = "select has_table_privilege('bi_reader', 'marts.rpt_month_end', 'select')"
    assert asked(url, grants) == [(True,)]


def test_a_reference_to_what_is_not_there_is_told_and_comes_back(
    publish, url: str
) -> None:
    rows = some_rows(2)
    query = (
        "select 1 from pg_constraint where conname = 'rpt_worklist_facility_key_known'"
    )
    assert publish(rows).unknown == {}
    rows["rpt_worklist"][0]["facility_key"] = "nowhere"

    result = publish(rows)

    assert result.unknown == {"marts.rpt_worklist.facility_key": 1}
    assert asked(url, query) == []
    assert publish(some_rows(2)).unknown == {}
    assert asked(url, query) == [(1,)]


def test_text_that_postgresql_cannot_hold_loses_the_sign_and_nothing_else(
    publish, url: str
) -> None:
    rows = some_rows(1)
    rows["dim_facilities"][0]["facility_name"] = "Nor\0th \\N \t'\"\n"
    publish(rows)

    query = (
        "select facility_name from marts.dim_facilities where facility_key = 'north'"
    )
    assert asked(url, query) == [("North \\N \t'\"\n",)]


def test_what_goes_wrong_in_the_midst_leaves_the_last_publication(
    publish, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(some_rows(2, 1))
    # As if the server went away when the last tables had been taken over.
    kill = "select pg_terminate_backend(pg_backend_pid())"
    monkeypatch.setattr(
        Transaction, "_finish", lambda _, cursor, *__: cursor.execute(kill)
    )
    with pytest.raises(PostgresError) as failed:
        publish(some_rows(3, 2))

    assert asked(url, "select count(*) from marts.fct_encounters") == [(2,)]
    assert SENTINEL not in str(failed.value)
    monkeypatch.undo()
    publish(some_rows(3, 2))
    assert asked(url, "select count(*) from marts.fct_encounters") == [(3,)]


def test_a_view_that_needs_a_column_that_goes_is_named_as_the_reason(
    tmp_path: Path, url: str, manifest: dict[str, Any]
) -> None:
    database = write_publication(tmp_path / "a.duckdb", some_rows(2))
    publish_to_postgres(database, url, manifest, tmp_path / "kept")
    told(url, "create view public.mine as select as_of from marts.rpt_month_end")
    with duckdb.connect(str(database)) as connection:
        connection.execute("alter table marts.rpt_month_end drop column as_of")

    with pytest.raises(PostgresError, match="used by a view of yours"):
        publish_to_postgres(database, url, manifest, tmp_path / "kept")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("this is no address", "is not understood"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_plain_error(
    tmp_path: Path, manifest: dict[str, Any], address: str, words: str
) -> None:
    database = write_publication(tmp_path / "a.duckdb", {})

    with pytest.raises(PostgresError, match=words):
        publish_to_postgres(database, address, manifest, tmp_path / "kept")


def test_without_a_publication_there_is_nothing_to_bring(
    tmp_path: Path, manifest: dict[str, Any]
) -> None:
    with pytest.raises(PostgresError, match="nothing has been published"):
        publish_to_postgres(
            tmp_path / "none.duckdb", "postgresql://", manifest, tmp_path
        )
