"""The marts are the same however records are cut into files and builds.

One practice is read as it was written, and built once. The other time its files come
under names that turn their order round, its lines and rows are dealt out to several
files, and some files come twice; and it is built twice, when all but the last days
has come, and then of what has changed since. `make changes` does so with more visits
and other seeds.
"""

import gzip
import json
import random
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.build import build
from orchestration.dbt_runner import DbtError
from orchestration.ingest import ingest
from orchestration.settings import Settings
from orchestration.simulator.parameters import ALL_DEFECTS, DEFAULT_AS_OF
from orchestration.simulator.simulate import simulate

ENCOUNTERS = 1_500
SEED = 6
PARTS = 3
SPLIT_AT = DEFAULT_AS_OF - timedelta(days=1)
# Of so many patients something changes within these days.
MOST_CHANGED = 0.5
EVERYTHING = ("--exclude-resource-type", "test")
# Which file a record stood in, and when that came, is all that may differ.
OF_THE_FILE = {
    "source_file_id",
    "source_position",
    "loaded_at",
    "last_loaded_at",
    "recorded_at",
}
# Counts of files and of rows delivered, which differ as the deliveries do, and the
# alerts about them.
OF_DELIVERY = {
    "rpt_duplicate_rates",
    "rpt_feed_deliveries",
    "rpt_feed_freshness",
    "rpt_feed_signals",
    "rpt_open_exceptions",
    "rpt_ops_alerts",
    "rpt_reconciliation",
    "rpt_record_types",
}
# Floating point, of which the last digit depends on the order of a sum; rpt_lags, made
# from it, is rounded.
NOT_ROUNDED = {"rpt_lag_figures", "rpt_pattern_chances", "rpt_pattern_tests"}


def parts_of(path: Path) -> Iterator[bytes]:
    """Deal the lines of a file out to several; a CSV header goes with each part."""
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    name = path.name.removesuffix(".gz")
    lines = content.splitlines(keepends=True)
    header = lines[:1] if name.endswith(".csv") else []
    if not name.endswith((".csv", ".ndjson")) or len(lines) < 2 * PARTS:
        yield content
        return
    for part in range(PARTS):
        yield b"".join(header + lines[len(header) :][part::PARTS])


def deal_out(landing: Path, other: Path) -> None:
    """Write the records of a landing folder as other files in another order."""
    chance = random.Random(SEED)
    paths = sorted(path for path in landing.rglob("*") if path.is_file())
    chance.shuffle(paths)
    other.mkdir(parents=True)
    number = 0
    for path in paths:
        for part in parts_of(path):
            (other / f"{number:05d}").write_bytes(part)
            number += 1
    for path in chance.sample(paths, len(paths) // 5):
        shutil.copy(path, other / f"again-{number:05d}")
        number += 1


def load(data: Path, landing: Path, as_of: datetime) -> None:
    ingest(landing, data / "raw", as_of=as_of)


def build_all(data: Path, *selection: str) -> list[str]:
    return build_named(data, *selection)[0]


def build_named(data: Path, *selection: str) -> tuple[list[str], list[str]]:
    """Build; return why everything was built, and what was told to be built."""
    named: list[str] = []
    reasons = build(
        Settings(data_dir=data),
        selection or EVERYTHING,
        lambda node: named.append(node["data"]["node_info"]["unique_id"]),
    )
    return reasons, named


def first_column(warehouse: Path, query: str) -> list[Any]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return [row[0] for row in connection.execute(query).fetchall()]


def waking(data: Path) -> list[Any]:
    """Return the encounters for which something begins before the next build."""
    return first_column(
        Settings(data_dir=data).warehouse_path,
        "select encounter_key from intermediate.int_encounter_wake_times"
        f" where wakes_at <= timestamp '{DEFAULT_AS_OF:%F %T}'",
    )


@pytest.fixture(scope="module")
def encounters(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("encounters") or ENCOUNTERS)


@pytest.fixture(scope="module")
def warehouses(
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    encounters: int,
) -> tuple[Path, Path]:
    """Build a practice at once, and from its files dealt out, in two builds."""
    folder = tmp_path_factory.mktemp("permutation")
    seed = int(request.config.getoption("seed") or SEED)
    simulate(
        folder,
        encounters=encounters,
        seed=seed,
        defects=ALL_DEFECTS,
        split_at=SPLIT_AT,
    )
    one, other = folder / "one", folder / "other"
    for part, as_of in (("landing", SPLIT_AT), ("landing-later", DEFAULT_AS_OF)):
        load(one, folder / part, as_of)
        deal_out(folder / part, folder / f"dealt-{part}")
        load(other, folder / f"dealt-{part}", as_of)
        woken = waking(other) if part == "landing-later" else []
        reasons = build_all(other)
    # Where this says that something has changed, take another seed.
    assert reasons == []
    warehouse = Settings(data_dir=other).warehouse_path
    again = first_column(
        warehouse, "select encounter_key from intermediate.int_encounters"
    )
    assert woken
    assert set(woken) <= set(again)
    build_all(one)
    return Settings(data_dir=one).warehouse_path, warehouse


def manifest_of(data: Path) -> dict[str, Any]:
    manifest = json.loads((data / "dbt" / "manifest.json").read_text("utf-8"))
    nodes: dict[str, Any] = manifest["nodes"]
    return nodes


def marts(warehouse: Path, digest: Any) -> dict[str, tuple[int, str]]:
    """Return the number of rows of each mart and a digest of them."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables"
            " where table_schema = 'marts' order by 1"
        ).fetchall()
        chosen = f"columns(name -> name not in {tuple(sorted(OF_THE_FILE))})"
        return {
            name: digest(connection, f"select {chosen} from marts.{name}")
            for (name,) in names
            if name not in OF_DELIVERY | NOT_ROUNDED
        }


def test_the_files_were_dealt_out_and_came_twice(
    warehouses: tuple[Path, Path],
) -> None:
    folder = warehouses[0].parent.parent
    written = [path for path in (folder / "landing").rglob("*") if path.is_file()]
    dealt = list((folder / "dealt-landing").iterdir())
    assert len(dealt) > len(written) * 1.2


def test_the_second_build_was_of_what_had_changed(
    warehouses: tuple[Path, Path], encounters: int
) -> None:
    _, other = warehouses
    built = first_column(other, "select count(*) from intermediate.int_encounters")
    assert 0 < built[0] < MOST_CHANGED * encounters


def test_however_records_are_cut_into_files_and_builds_the_marts_are_the_same(
    warehouses: tuple[Path, Path], encounters: int, digest_of: Any
) -> None:
    one, other = (marts(warehouse, digest_of) for warehouse in warehouses)
    assert one["fct_encounters"][0] == encounters
    assert len(one) > 20
    differing = sorted(name for name in one if one[name] != other[name])
    assert differing == []


def test_no_table_that_holds_some_patients_is_taken_for_one_that_holds_all(
    warehouses: tuple[Path, Path],
) -> None:
    _, other = warehouses
    before = first_column(other, "select count(*) from marts.fct_encounter_events")
    # The first is made from a table, the second from views of the records.
    for model in ("fct_encounter_events", "int_practitioners"):
        with pytest.raises(DbtError, match="before the first model"):
            build_all(other.parent, "--select", model)
    after = first_column(other, "select count(*) from marts.fct_encounter_events")
    assert before == after


def test_a_change_of_what_is_counted_over_all_is_a_reason_to_build_all(
    warehouses: tuple[Path, Path], tmp_path: Path
) -> None:
    asked = "select reason from changes.reasons_to_build_all"
    warehouse = tmp_path / warehouses[1].name
    shutil.copy(warehouses[1], warehouse)
    (tmp_path / "raw").symlink_to(warehouses[1].parent / "raw")
    assert first_column(warehouse, asked) == []
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update intermediate.int_provider_roles set may_bill_alone = null"
        )
        connection.execute("delete from intermediate.int_facilities")
    assert sorted(first_column(warehouse, asked)) == [
        "int_facilities has changed",
        "int_provider_roles has changed",
    ]


def test_where_nothing_is_new_nobody_is_built_and_each_model_is_told_once(
    warehouses: tuple[Path, Path], digest_of: Any
) -> None:
    _, other = warehouses
    before = marts(other, digest_of)
    reasons, named = build_named(other.parent)
    assert reasons == []
    models = {name for name in manifest_of(other.parent) if name.startswith("model.")}
    assert sorted(named) == sorted(models)
    assert marts(other, digest_of) == before


def test_reports_are_made_from_the_facts_without_a_build(
    warehouses: tuple[Path, Path],
) -> None:
    one, _ = warehouses
    fingerprint = "select fingerprint from changes.last_build"
    build_all(one.parent, "--select", "tag:reports")
    assert first_column(one, fingerprint) != [""]


def test_no_build_of_changes_rests_on_a_run_that_built_some_models(
    warehouses: tuple[Path, Path],
) -> None:
    one, _ = warehouses
    fingerprint = "select fingerprint from changes.last_build"
    assert first_column(one, fingerprint) != [""]
    build_all(one.parent, "--select", "dim_blockers")
    assert first_column(one, fingerprint) == [""]
