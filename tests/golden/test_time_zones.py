"""Times without an offset, read with sources.yml, are the times that carry one.

The same simulated files are read twice: as they are, and with each time on the
clocks of its sender. The second reading knows only the zones of the senders.
"""

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from orchestration.build import build
from orchestration.ingest import ingest
from orchestration.settings import Settings
from orchestration.simulator.parameters import DEFAULT_AS_OF
from orchestration.simulator.simulate import simulate
from orchestration.sources import Source, Sources

ENCOUNTERS = 60
SYSTEM = "north"
CLOCKS = ZoneInfo("America/Los_Angeles")
SUBMITTER_CLOCKS = ZoneInfo("Asia/Tokyo")
WITH_OFFSET = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
# Elements 4 and 5 of the header of a claim file, whatever separates its elements.
SUBMITTED = re.compile(rb"(BHT(.)0019\2\d\d\2\d+\2)(\d{8})\2(\d{6})(?=\2)")
FACTS = {
    "fct_encounters": "* exclude (encounter_key, patient_key)",
    "fct_encounter_events": "* exclude (source_file_id, recorded_at)",
}

Rows = list[tuple[Any, ...]]


def local_time(written: re.Match[bytes]) -> bytes:
    """Take the offset off a time: what the clocks of the system showed."""
    at = datetime.fromisoformat(written[0].decode()).astimezone(CLOCKS)
    return f"{at:%Y-%m-%dT%H:%M:%S}".encode()


def submitter_time(written: re.Match[bytes]) -> bytes:
    """Turn the UTC time in the header of a claim file to the submitter's clocks."""
    sent = written[3].decode() + written[4].decode()
    utc = datetime.strptime(sent, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    day, time = f"{utc.astimezone(SUBMITTER_CLOCKS):%Y%m%d %H%M%S}".encode().split()
    return written[1] + day + written[2] + time


def on_local_clocks(content: bytes) -> bytes:
    """Return a file with each time as the clocks of its sender showed it."""
    return SUBMITTED.sub(submitter_time, WITH_OFFSET.sub(local_time, content))


def simulated_files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield what a practice sends, unzipped."""
    simulate(folder, encounters=ENCOUNTERS, seed=7, defects=frozenset())
    landing = folder / "landing"
    for path in sorted(landing.rglob("*.*")):
        name, content = path.relative_to(landing), path.read_bytes()
        if name.suffix == ".gz":
            name, content = name.with_suffix(""), gzip.decompress(content)
        yield name, content


def facts(data: Path, sources: Sources) -> dict[str, Rows]:
    """Read the landing folder of a data folder and return the facts."""
    ingest(data / "landing", data / "raw", as_of=DEFAULT_AS_OF, sources=sources)
    selection = ["--select", *(f"+{name}" for name in FACTS)]
    build(
        Settings(data_dir=data),
        [*selection, "--exclude-resource-type", "test"],
        lambda _: None,
    )
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        return {
            name: connection.execute(
                f"select {columns} from marts.{name} order by all"
            ).fetchall()
            for name, columns in FACTS.items()
        }


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two data folders: with offsets, and on local clocks."""
    folder = tmp_path_factory.mktemp("zones")
    with_offsets, on_clocks = folder / "offsets", folder / "clocks"
    for name, content in simulated_files(folder / "simulated"):
        for data, written in (
            (with_offsets, content),
            (on_clocks, on_local_clocks(content)),
        ):
            target = data / "landing" / SYSTEM / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(written)
    return with_offsets, on_clocks


def test_every_format_has_times_on_local_clocks(folders: tuple[Path, Path]) -> None:
    with_offsets, on_clocks = folders
    changed = {
        path.suffix
        for path in (on_clocks / "landing").rglob("*.*")
        if path.read_bytes()
        != (with_offsets / path.relative_to(on_clocks)).read_bytes()
    }
    assert changed == {".csv", ".json", ".ndjson", ".837"}


def test_local_times_with_zones_give_the_same_facts_as_offsets(
    folders: tuple[Path, Path],
) -> None:
    with_offsets, on_clocks = folders
    zones = Source(
        name=SYSTEM,
        time_zone=CLOCKS.key,
        submitter_zone=SUBMITTER_CLOCKS.key,
    )
    expected = facts(with_offsets, Sources((Source(name=SYSTEM),)))
    found = facts(on_clocks, Sources((zones,)))
    assert len(expected["fct_encounters"]) == ENCOUNTERS
    for name in FACTS:
        assert found[name] == expected[name], name
