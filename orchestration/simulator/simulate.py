"""Simulates a practice and writes the files that its senders would send.

The one way in. `landing/` holds what the observers saw, `truth/` what was true;
both are written beside their place and moved there when they are complete.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from orchestration.simulator.deliveries import Deliveries
from orchestration.simulator.parameters import (
    ALL_DEFECTS,
    DEFAULT_AS_OF,
    Parameters,
    checked_defects,
)
from orchestration.simulator.practice import build_practice
from orchestration.simulator.source_zones import (
    CLOCK_TIMES,
    SOURCES_FILE,
    write_sources,
)
from orchestration.simulator.truth_files import (
    PARAMETERS_FILE,
    TRUTH_FILES,
    TruthWriter,
    write_parameters,
)
from orchestration.simulator.world import World

PROGRESS_EVERY = 250


@dataclass(frozen=True)
class SimulationResult:
    """What was written: where, how much, and where the encounters truly stand."""

    landing: Path
    truth: Path
    encounters: int
    files: int
    stages: dict[str, int]


def simulate(
    out: Path,
    *,
    encounters: int,
    seed: int,
    as_of: datetime = DEFAULT_AS_OF,
    defects: frozenset[str] = ALL_DEFECTS,
    on_progress: Callable[[int, int], None] | None = None,
) -> SimulationResult:
    """Write `out/landing` and `out/truth` for a practice with so many encounters.

    The same arguments give the same bytes, and an encounter is the same however
    many others there are. `on_progress` is told how many are done, and of how many.

    Raises ValueError for a negative number, an `as_of` without a zone or an unknown
    defect, and FileExistsError when `out` holds files that no simulation wrote.
    """
    world = _world(encounters, seed=seed, as_of=as_of, defects=defects)
    parts = _own_parts(out, world)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".simulating-") as name:
        scratch = Path(name)
        stages = _write(world, scratch, encounters, on_progress)
        landing = scratch / "landing"
        files = _file_names(landing, relative_to=landing)
        write_parameters(
            scratch / "truth", world, encounters=encounters, landing_files=files
        )
        write_sources(scratch / SOURCES_FILE, world)
        for part in parts:
            _replace(out / part, scratch / part, scratch / f"old-{part}")
    return SimulationResult(
        out / "landing", out / "truth", encounters, len(files), stages
    )


def _world(
    encounters: int, *, seed: int, as_of: datetime, defects: frozenset[str]
) -> World:
    if encounters < 0:
        message = "the number of encounters is negative"
        raise ValueError(message)
    if as_of.tzinfo is None:
        message = "as_of has no time zone"
        raise ValueError(message)
    parameters = Parameters()
    return World(
        practice=build_practice(seed, parameters),
        parameters=parameters,
        as_of=int(as_of.timestamp()),
        defects=checked_defects(defects),
    )


def _write(
    world: World,
    scratch: Path,
    encounters: int,
    on_progress: Callable[[int, int], None] | None,
) -> dict[str, int]:
    for part in ("landing", "truth"):
        (scratch / part).mkdir()
    truth = TruthWriter(scratch / "truth", world.as_of)
    deliveries = Deliveries(scratch / "landing", scratch / "spill", world)
    patient = None
    for index in range(1, encounters + 1):
        number = world.patient_number(index)
        if patient is None or patient.number != number:
            patient = world.practice.patient(number)
            deliveries.add_patient(world.registered(patient))
        journey = world.journey(index, patient)
        truth.add(journey)
        deliveries.add(journey)
        if on_progress and (index % PROGRESS_EVERY == 0 or index == encounters):
            on_progress(index, encounters)
    truth.close()
    deliveries.close()
    return dict(sorted(truth.stages.items()))


def _own_parts(out: Path, world: World) -> list[str]:
    """Return what may be replaced in `out`: what is missing or was simulated.

    Raises FileExistsError when files stand in the way that no simulation wrote.
    """
    told = out / "truth" / PARAMETERS_FILE
    record = orjson.loads(told.read_bytes()) if told.is_file() else {}
    own = {f"landing/{name}" for name in record.get("landing_files", [])}
    if record:
        own.update(f"truth/{name}" for name in TRUTH_FILES)
    for part in ("landing", "truth"):
        if not own.issuperset(_file_names(out / part, relative_to=out)):
            message = f"the {part} folder holds files that no simulation wrote"
            raise FileExistsError(message)
    had_zone = CLOCK_TIMES in record.get("defects", [])
    if CLOCK_TIMES in world.defects and not had_zone and (out / SOURCES_FILE).exists():
        message = f"there is a {SOURCES_FILE} that no simulation wrote"
        raise FileExistsError(message)
    has_zone = had_zone or CLOCK_TIMES in world.defects
    return ["landing", "truth", *([SOURCES_FILE] if has_zone else [])]


def _file_names(folder: Path, *, relative_to: Path) -> list[str]:
    return sorted(
        path.relative_to(relative_to).as_posix()
        for path in folder.rglob("*")
        if not path.is_dir()
    )


def _replace(target: Path, new: Path, old: Path) -> None:
    if target.exists():
        target.rename(old)
    if new.exists():
        new.rename(target)
