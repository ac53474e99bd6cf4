"""Simulates a practice and writes the files that its senders would send.

The one way in. `landing/` holds what the observers saw, `truth/` what was true, and
`landing-later/` what was sent after the time at which a delivery is split. They are
written beside their place and moved there when they are complete.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from orchestration.simulator.deliveries import Deliveries
from orchestration.simulator.output import iso_utc
from orchestration.simulator.parameters import (
    ALL_DEFECTS,
    DEFAULT_AS_OF,
    Parameters,
    checked_defects,
)
from orchestration.simulator.parts import LANDING, LATER, Parts, whole
from orchestration.simulator.practice import build_practice
from orchestration.simulator.source_zones import (
    CLOCK_TIMES,
    SOURCES_FILE,
    write_sources,
)
from orchestration.simulator.truth_files import (
    LATER_FILES,
    PARAMETERS_FILE,
    TRUTH_FILES,
    TruthWriter,
    write_parameters,
)
from orchestration.simulator.world import World

PROGRESS_EVERY = 250
TRUTH = "truth"


@dataclass(frozen=True)
class SimulationResult:
    """What was written: where, how much, and where the encounters truly stand."""

    landing: Path
    truth: Path
    encounters: int
    files: int
    stages: dict[str, int]
    later: Path | None = None
    later_files: int = 0


def simulate(
    out: Path,
    *,
    encounters: int,
    seed: int,
    as_of: datetime = DEFAULT_AS_OF,
    defects: frozenset[str] = ALL_DEFECTS,
    split_at: datetime | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> SimulationResult:
    """Write `out/landing` and `out/truth` for a practice with so many encounters.

    The same arguments give the same bytes, and an encounter is the same however
    many others there are. `on_progress` is told how many are done, and of how many.
    With `split_at`, `out/landing` holds what was sent by then and `out/landing-later`
    what was sent from then until `as_of`; of exports that is what has changed.

    Raises ValueError for a negative number, a time without a zone, a split that is not
    before `as_of` or an unknown defect, and FileExistsError when `out` holds files
    that no simulation wrote.
    """
    world = _world(encounters, seed=seed, as_of=as_of, defects=defects)
    split = None if split_at is None else _checked_split(split_at, world)
    own = _own_parts(out, world, is_split=split is not None)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".simulating-") as name:
        scratch = Path(name)
        parts = _parts(scratch, split)
        stages = _write(world, parts, scratch, encounters, on_progress)
        files = _file_names(parts.landing, relative_to=parts.landing)
        later = _file_names(scratch / LATER, relative_to=scratch / LATER)
        write_parameters(
            scratch / TRUTH,
            world,
            encounters=encounters,
            landing_files=files,
            split=None if split is None else (split, later),
        )
        write_sources(scratch / SOURCES_FILE, world)
        for part in own:
            _replace(out / part, scratch / part, scratch / f"old-{part}")
    return SimulationResult(
        landing=out / LANDING,
        truth=out / TRUTH,
        encounters=encounters,
        files=len(files),
        stages=stages,
        later=None if split is None else out / LATER,
        later_files=len(later),
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


def _checked_split(split_at: datetime, world: World) -> int:
    """Return the time of a split in seconds since 1970."""
    if split_at.tzinfo is None:
        message = "split_at has no time zone"
        raise ValueError(message)
    split = int(split_at.timestamp())
    if split >= world.as_of:
        end = iso_utc(world.as_of)
        message = f"split_at is not before {end}, for which the practice is simulated"
        raise ValueError(message)
    return split


def _parts(scratch: Path, split: int | None) -> Parts:
    landing = scratch / LANDING
    return whole(landing) if split is None else Parts(landing, scratch / LATER, split)


def _write(
    world: World,
    parts: Parts,
    scratch: Path,
    encounters: int,
    on_progress: Callable[[int, int], None] | None,
) -> dict[str, int]:
    for folder in {parts.landing, parts.later, scratch / TRUTH}:
        folder.mkdir()
    truth = TruthWriter(scratch / TRUTH, world.as_of)
    deliveries = Deliveries(parts, scratch / "spill", world)
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


def _own_parts(out: Path, world: World, *, is_split: bool) -> list[str]:
    """Return what may be replaced in `out`: what is missing or was simulated.

    Raises FileExistsError when files stand in the way that no simulation wrote.
    """
    told = out / TRUTH / PARAMETERS_FILE
    record = orjson.loads(told.read_bytes()) if told.is_file() else {}
    own = {f"{LANDING}/{name}" for name in record.get("landing_files", [])}
    own.update(f"{LATER}/{name}" for name in record.get(LATER_FILES, []))
    if record:
        own.update(f"{TRUTH}/{name}" for name in TRUTH_FILES)
    has_later = is_split or LATER_FILES in record
    parts = [LANDING, *([LATER] if has_later else []), TRUTH]
    for part in parts:
        if not own.issuperset(_file_names(out / part, relative_to=out)):
            message = f"the {part} folder holds files that no simulation wrote"
            raise FileExistsError(message)
    had_zone = CLOCK_TIMES in record.get("defects", [])
    if CLOCK_TIMES in world.defects and not had_zone and (out / SOURCES_FILE).exists():
        message = f"there is a {SOURCES_FILE} that no simulation wrote"
        raise FileExistsError(message)
    has_zone = had_zone or CLOCK_TIMES in world.defects
    return [*parts, *([SOURCES_FILE] if has_zone else [])]


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
