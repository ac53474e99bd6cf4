"""The marts are the same however the same records are cut into files.

One practice is read as it was written. The other time its files come under names
that turn their order round, its lines and rows are dealt out to several files, and
some files come twice.
"""

import gzip
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.dbt_runner import build
from orchestration.ingest import ingest
from orchestration.settings import Settings
from orchestration.simulator.parameters import ALL_DEFECTS, DEFAULT_AS_OF
from orchestration.simulator.simulate import simulate

ENCOUNTERS = 300
SEED = 21
PARTS = 3
# Which file a record stood in, and when that came, is all that may differ.
OF_THE_FILE = {
    "source_file_id",
    "source_position",
    "loaded_at",
    "last_loaded_at",
    "recorded_at",
}
# Counts of files and of rows delivered, which differ as the deliveries do.
OF_DELIVERY = {"rpt_reconciliation", "rpt_record_types"}


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


def built(data: Path, landing: Path) -> Path:
    """Ingest a landing folder and build the marts; return the warehouse."""
    ingest(landing, data / "raw", as_of=DEFAULT_AS_OF)
    settings = Settings(data_dir=data)
    build(settings, ["--exclude-resource-type", "test"], lambda _node: None)
    return settings.warehouse_path


@pytest.fixture(scope="module")
def warehouses(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Build the same practice from its files and from its files dealt out."""
    folder = tmp_path_factory.mktemp("permutation")
    simulate(folder, encounters=ENCOUNTERS, seed=SEED, defects=ALL_DEFECTS)
    deal_out(folder / "landing", folder / "dealt")
    return (
        built(folder / "one", folder / "landing"),
        built(folder / "other", folder / "dealt"),
    )


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
            if name not in OF_DELIVERY
        }


def test_the_files_were_dealt_out_and_came_twice(
    warehouses: tuple[Path, Path],
) -> None:
    folder = warehouses[0].parent.parent
    written = [path for path in (folder / "landing").rglob("*") if path.is_file()]
    dealt = list((folder / "dealt").iterdir())
    assert len(dealt) > len(written) * 1.2


def test_however_records_are_cut_into_files_the_marts_are_the_same(
    warehouses: tuple[Path, Path], digest_of: Any
) -> None:
    one, other = (marts(warehouse, digest_of) for warehouse in warehouses)
    assert one["fct_encounters"][0] == ENCOUNTERS
    assert len(one) > 20
    differing = sorted(name for name in one if one[name] != other[name])
    assert differing == []
