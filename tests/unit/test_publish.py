"""Publication as readers see it; every value here is synthetic."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.publish import PublishError, publish

PAGE_MARTS = Path(__file__).parent.parent / "browser" / "page_marts.sql"
ROWS = 20_000
# Two tables that belong together, each a whole number of row groups of one version.
VERSIONED = f"""
create or replace table marts.fct_a as select {{version}} as v from range({ROWS});
create or replace table marts.fct_b as select {{version}} as v from range({ROWS});
"""
READER = """
import sys
from pathlib import Path
import duckdb
published, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, reads = set(), 0
while not stop.exists() or reads == 0:
    with duckdb.connect(str(published / "chartgap.duckdb"), read_only=True) as db:
        found = db.execute(
            "select v, count(*) from (from marts.fct_a union all from marts.fct_b)"
            " group by 1").fetchall()
    assert len(found) == 1 and found[0][1] == int(sys.argv[3]), found
    page = (published / "index.html").read_text()
    assert page.rstrip().endswith("</html>"), "half a page"
    seen.add(found[0][0])
    reads += 1
print(reads, len(seen))
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Build a warehouse with the marts of the page, and a schema not published."""
    path = tmp_path / "warehouse.duckdb"
    change(path, PAGE_MARTS.read_text())
    change(path, VERSIONED.format(version=0))
    change(
        path,
        """
        create view ops.fct_loads as select 'f1' as file_id, 2 as loaded_count;
        comment on table marts.fct_a is 'One row per thing; it''s synthetic.';
        comment on column marts.fct_a.v is 'The version.';
        create schema staging;
        create table staging.stg_a as select 1 as secret;
        """,
    )
    return path


def change(database: Path, sql: str) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)


def read(database: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_marts_and_ops_are_published_and_nothing_else(warehouse, tmp_path):
    result = publish(warehouse, tmp_path / "published")

    schemas = read(result.database, "select distinct schema_name from duckdb_tables()")
    assert sorted(schemas) == [("marts",), ("ops",)]
    assert read(result.database, "from ops.fct_loads") == [("f1", 2)]
    assert result.row_count >= 2 * ROWS
    assert sorted(contents(tmp_path / "published")) == ["chartgap.duckdb", "index.html"]


def test_keys_of_failing_rows_stay_in_the_warehouse(warehouse, tmp_path):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create view ops.expectation_failures as select 'k1' as k")

    result = publish(warehouse, tmp_path)

    tables = read(result.database, "select table_name from information_schema.tables")
    assert ("fct_file_loads",) in tables
    assert ("expectation_failures",) not in tables


def test_comments_travel_with_their_tables_and_columns(warehouse, tmp_path):
    result = publish(warehouse, tmp_path / "published")

    assert read(
        result.database,
        "select comment from duckdb_tables() where table_name = 'fct_a'",
    ) == [("One row per thing; it's synthetic.",)]
    assert read(
        result.database,
        "select comment from duckdb_columns()"
        " where table_name = 'fct_a' and column_name = 'v'",
    ) == [("The version.",)]


def test_readers_never_see_half_a_publication(warehouse, tmp_path):
    published, stop = tmp_path / "published", tmp_path / "stop"
    publish(warehouse, published)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, published, stop, str(2 * ROWS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    for version in range(1, 7):
        change(warehouse, VERSIONED.format(version=version))
        publish(warehouse, published)
    stop.touch()
    answers = [reader.communicate(timeout=60) for reader in readers]

    assert [error for _, error in answers] == ["", ""]
    reads = [int(output.split()[0]) for output, _ in answers]
    assert min(reads) > 1, "the readers must have read while it was published"


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("drop table marts.rpt_worklist", id="the page cannot be built"),
        pytest.param("drop schema marts cascade", id="there are no marts"),
        pytest.param(
            "create view ops.fct_broken as select cast(v as integer) as v"
            " from (values ('x')) as t(v)",
            id="a table cannot be copied",
        ),
    ],
)
def test_a_failed_publication_leaves_the_last_one(warehouse, tmp_path, damage):
    published = tmp_path / "published"
    publish(warehouse, published)
    before = contents(published)
    change(warehouse, damage)

    with pytest.raises((PublishError, duckdb.Error)):
        publish(warehouse, published)

    assert contents(published) == before


def test_a_missing_warehouse_is_refused(tmp_path):
    with pytest.raises(PublishError, match="no warehouse"):
        publish(tmp_path / "warehouse.duckdb", tmp_path / "published")


def test_a_warehouse_in_use_is_refused_in_plain_words(warehouse, tmp_path):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; db = duckdb.connect(sys.argv[1]);"
            " print('held', flush=True); sys.stdin.read()",
            warehouse,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"

    with pytest.raises(PublishError, match="another run"):
        publish(warehouse, tmp_path / "published")

    holder.communicate("")


def test_what_a_killed_publication_left_is_removed(warehouse, tmp_path):
    published = tmp_path / "published"
    abandoned = published / ".incoming-killed"
    abandoned.mkdir(parents=True)
    (abandoned / "chartgap.duckdb").write_bytes(b"half")

    publish(warehouse, published)

    assert not abandoned.exists()
