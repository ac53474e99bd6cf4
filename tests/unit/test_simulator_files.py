"""The files of the simulator: the same every time, well formed, and true."""

import csv
import hashlib
from collections import Counter
from datetime import datetime
from pathlib import Path

import orjson
import pytest

from orchestration.simulator.parameters import ALL_DEFECTS
from orchestration.simulator.simulate import SimulationResult, simulate

ENCOUNTERS = 2000
SEED = 5


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> SimulationResult:
    out = tmp_path_factory.mktemp("simulated")
    return simulate(out, encounters=ENCOUNTERS, seed=SEED)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        delimiter = ";" if "-charges" in path.name else ","
        return list(csv.DictReader(stream, delimiter=delimiter))


# The same again.


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first = simulate(tmp_path / "a", encounters=150, seed=SEED)
    before = hashes(tmp_path / "a")
    again = simulate(tmp_path / "a", encounters=150, seed=SEED)
    simulate(tmp_path / "b", encounters=150, seed=SEED)
    simulate(tmp_path / "c", encounters=150, seed=SEED + 1)

    assert first == again
    assert hashes(tmp_path / "a") == before == hashes(tmp_path / "b")
    assert hashes(tmp_path / "c") != before
    assert first.files == len(hashes(tmp_path / "a" / "landing"))
    written = {path.name for path in (tmp_path / "a").iterdir()}
    assert written == {"landing", "truth", "sources.yml"}


def test_an_encounter_is_the_same_however_many_others_there_are(
    written: SimulationResult, tmp_path: Path
) -> None:
    few = simulate(tmp_path, encounters=151, seed=SEED)

    for name in ("milestones.csv", "states.csv", "links.csv", "gaps.csv"):
        lines = (few.truth / name).read_text().splitlines()
        assert (written.truth / name).read_text().splitlines()[: len(lines)] == lines


def test_files_of_others_are_never_replaced(tmp_path: Path) -> None:
    kept = tmp_path / "landing" / "real.csv"
    kept.parent.mkdir()
    kept.write_text("kept")

    with pytest.raises(FileExistsError, match="no simulation wrote"):
        simulate(tmp_path, encounters=1, seed=SEED)
    assert kept.read_text() == "kept"


def test_a_file_put_among_simulated_ones_is_never_lost(tmp_path: Path) -> None:
    simulate(tmp_path, encounters=3, seed=SEED)
    kept = tmp_path / "landing" / "csv" / "real.csv"
    kept.write_text("kept")

    with pytest.raises(FileExistsError, match="no simulation wrote"):
        simulate(tmp_path, encounters=3, seed=SEED)
    assert kept.read_text() == "kept"


def test_compressed_files_carry_no_time_and_no_name(
    written: SimulationResult,
) -> None:
    compressed = sorted(written.landing.rglob("*.gz"))
    assert compressed
    for path in compressed:
        header = path.read_bytes()[:10]
        assert header[3] == 0, "a name would follow the header"
        assert header[4:8] == bytes(4), "the time is not zero"


def test_arguments_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="negative"):
        simulate(tmp_path, encounters=-1, seed=SEED)
    with pytest.raises(ValueError, match="time zone"):
        simulate(tmp_path, encounters=1, seed=SEED, as_of=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="unknown defect"):
        simulate(tmp_path, encounters=1, seed=SEED, defects=frozenset({"typo"}))


def test_no_encounters_are_files_without_visits(tmp_path: Path) -> None:
    result = simulate(tmp_path, encounters=0, seed=SEED)

    assert result.stages == {}
    assert all(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    simulate(
        tmp_path,
        encounters=260,
        seed=SEED,
        on_progress=lambda done, total: told.append((done, total)),
    )

    assert told == [(250, 260), (260, 260)]


# Truth.


def test_every_encounter_has_one_state_and_one_row_of_links(
    written: SimulationResult,
) -> None:
    states = rows(written.truth / "states.csv")
    links = rows(written.truth / "links.csv")

    assert len({row["encounter_id"] for row in states}) == ENCOUNTERS == len(states)
    assert [row["encounter_id"] for row in links] == [
        row["encounter_id"] for row in states
    ]
    assert Counter(row["stage"] for row in states) == written.stages
    assert all(len(row["patient_control_number"]) <= 20 for row in links)


def test_parameters_tell_seed_time_defects_and_every_rate(
    written: SimulationResult,
) -> None:
    told = orjson.loads((written.truth / "parameters.json").read_bytes())

    assert told["seed"] == SEED
    assert told["as_of"] == "2026-10-31T12:00:00Z"
    assert set(told["defects"]) == ALL_DEFECTS
    assert told["parameters"]["rates"]["note_unsigned"] == 0.03
    assert len(told["providers"]) == 30


# Deliveries.


def test_one_file_is_delivered_twice_under_another_name(
    written: SimulationResult,
) -> None:
    contents = Counter(hashes(written.landing).values())

    assert sorted(contents.values())[-2:] == [1, 2]


@pytest.mark.parametrize("defect", ["duplicate_delivery", "overlapping_export"])
def test_a_delivery_defect_changes_deliveries_only(tmp_path: Path, defect: str) -> None:
    simulate(tmp_path / "clean", encounters=120, seed=SEED, defects=frozenset())
    clean = hashes(tmp_path / "clean")
    simulate(
        tmp_path / "planted", encounters=120, seed=SEED, defects=frozenset({defect})
    )
    planted = hashes(tmp_path / "planted")
    more = planted.keys() - clean.keys()
    parameters = str(Path("truth") / "parameters.json")

    assert all(
        planted[name] == content
        for name, content in clean.items()
        if name != parameters
    )
    if defect == "duplicate_delivery":
        assert [planted[name] in clean.values() for name in more] == [True]
    else:
        assert len(more) > 5
        assert not {planted[name] for name in more} & set(clean.values())
