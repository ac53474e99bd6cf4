"""Reads the files of a simulated practice without any code of the simulator."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import orjson
import pytest

from orchestration.simulator.parameters import parse_defects
from orchestration.simulator.simulate import simulate

Row = dict[str, str]
PROJECT_DIR = Path(__file__).resolve().parents[2]

# What goes wrong in a practice whose claims are simply sent, and paid or denied.
PLAIN_DEFECTS = (
    "cancelled_visit,charge_before_note,charge_missing,claim_not_created,"
    "claim_not_submitted,cosign_pending,denied_documentation,denied_other,"
    "duplicate_delivery,message_replay,noshow_visit,note_not_started,note_unsigned,"
    "nurse_visit,overlapping_export,recent_work,superseded_note"
)


@dataclass(frozen=True)
class Planted:
    """One simulated practice: what its senders wrote, and what is true."""

    landing: Path
    truth: Path
    _read: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, path: Path) -> list[Row]:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            delimiter = ";" if "-charges" in path.name else ","
            return list(csv.DictReader(stream, delimiter=delimiter))

    def feed(self, name: str) -> list[Row]:
        """Return the rows of a flat feed in its last delivery."""
        found = sorted(self.landing.glob(f"csv/*-{name}.csv"))
        return self.rows(found[-1]) if found else []

    def true(self, name: str) -> list[Row]:
        if name not in self._read:
            self._read[name] = self.rows(self.truth / f"{name}.csv")
        return self._read[name]

    @cached_property
    def milestones(self) -> dict[str, Row]:
        found: defaultdict[str, Row] = defaultdict(dict)
        for row in self.true("milestones"):
            found[row["encounter_id"]][row["milestone"]] = row["at"]
        return found

    @cached_property
    def states(self) -> dict[str, Row]:
        return {row["encounter_id"]: row for row in self.true("states")}

    @cached_property
    def system_of(self) -> dict[str, str]:
        """The system of each facility, by its id."""
        told = orjson.loads((self.truth / "parameters.json").read_bytes())
        return {one["facility_id"]: one["system"] for one in told["facilities"]}

    def resources(self, kind: str) -> list[dict[str, Any]]:
        """Return the resources of a type in the last export."""
        paths = sorted(self.landing.glob(f"fhir/*-{kind}.ndjson*"))
        if not paths:
            return []
        data = paths[-1].read_bytes()
        text = gzip.decompress(data) if paths[-1].suffix == ".gz" else data
        return [orjson.loads(line) for line in text.splitlines()]

    def messages(self) -> list[dict[str, list[list[str]]]]:
        """Return each HL7 v2 message as its segments by name."""
        found = []
        for path in sorted(self.landing.glob("hl7v2/*.hl7")):
            for line in path.read_bytes().decode().split("\r"):
                fields = line.split("|")
                if fields[0] == "MSH":
                    # The separator is the first field, so that numbers fit.
                    found.append({"MSH": [["MSH", *fields]]})
                elif fields[0] not in {"", "FHS", "BHS", "BTS", "FTS"}:
                    found[-1].setdefault(fields[0], []).append(fields)
        return found

    def x12(self, pattern: str) -> list[list[list[str]]]:
        """Return each X12 file as its segments."""
        found = []
        for path in sorted(self.landing.glob(pattern)):
            text = path.read_text(encoding="ascii")
            element, terminator = text[3], text[105]
            parts = [part.strip("\n") for part in text.split(terminator)]
            found.append([part.split(element) for part in parts if part])
        return found


Plant = Callable[..., Planted]


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """Return a function that simulates a practice with some defects, once."""
    known: dict[tuple[str, int, int], Planted] = {}

    def planted(defects: str, encounters: int = 900, seed: int = 5) -> Planted:
        key = (defects, encounters, seed)
        if key not in known:
            made = simulate(
                tmp_path_factory.mktemp("planted"),
                encounters=encounters,
                seed=seed,
                defects=parse_defects(defects),
            )
            known[key] = Planted(made.landing, made.truth)
        return known[key]

    return planted


def sql_of(name: str) -> str:
    """Return the SQL of a model as it stands, with its macros; seeds are read."""
    (path,) = (PROJECT_DIR / "models").rglob(f"{name}.sql")
    folder = PROJECT_DIR / "dbt_project" / "macros"
    names = ("times.sql", "chances.sql")
    macros = "".join((folder / name).read_text() for name in names)
    environment = jinja2.Environment(autoescape=False)
    seeds = {
        file.stem: f"read_csv('{file}')"
        for file in (PROJECT_DIR / "seeds").glob("*.csv")
    }
    environment.globals["ref"] = lambda ref: seeds.get(ref, ref)
    return environment.from_string(macros + path.read_text()).render()


@pytest.fixture(scope="session")
def model_sql() -> Callable[[str], str]:
    """Return a function that gives the SQL of a model by its name."""
    return sql_of
