"""Writes `truth/`: one file per kind of truth, encounters in their own order."""

from collections import Counter
from pathlib import Path

import orjson

from orchestration.simulator.billing import Claim
from orchestration.simulator.blockers import Blocker, blockers_of, primary_of
from orchestration.simulator.journey import Journey
from orchestration.simulator.output import Table, iso_utc
from orchestration.simulator.practice import Practice
from orchestration.simulator.quirks import conflicts_of
from orchestration.simulator.states import state_among
from orchestration.simulator.strays import strays_of
from orchestration.simulator.truth import gaps_at, links_at, milestones_at
from orchestration.simulator.world import World

PARAMETERS_FILE = "parameters.json"
LATER_FILES = "landing_later_files"
TRUTH_FILES = frozenset(
    {
        "milestones.csv",
        "states.csv",
        "gaps.csv",
        "links.csv",
        "blockers.csv",
        "claims.csv",
        "conflicts.csv",
        "patients.csv",
        "unmatched.csv",
        PARAMETERS_FILE,
    }
)
MILESTONE_COLUMNS = ("encounter_id", "milestone", "at")
STATE_COLUMNS = (
    "encounter_id",
    "as_of",
    "stage",
    "primary_blocker_code",
    "owner_role",
)
GAP_COLUMNS = ("encounter_id", "requirement_id", "missing_item")
LINK_COLUMNS = (
    "encounter_id",
    "document_id",
    "charge_ids",
    "claim_id",
    "patient_control_number",
)
BLOCKER_COLUMNS = (
    "encounter_id",
    "blocker_code",
    "started_at",
    "ended_at",
    "is_primary",
)
CLAIM_COLUMNS = (
    "encounter_id",
    "claim_id",
    "patient_control_number",
    "frequency_code",
    "form",
    "replaces_claim_id",
    "is_report",
    "created_at",
    "submitted_at",
)
CONFLICT_COLUMNS = ("encounter_id", "conflict", "milestone")
PATIENT_COLUMNS = ("encounter_id", "patient_id", "other_patient_ids")
UNMATCHED_COLUMNS = ("encounter_id", "defect", "record_id")


class TruthWriter:
    """Writes the truth of one encounter after the other, as of one time."""

    def __init__(self, folder: Path, at: int) -> None:
        self._at = at
        self._milestones = Table(folder / "milestones.csv", MILESTONE_COLUMNS)
        self._states = Table(folder / "states.csv", STATE_COLUMNS)
        self._gaps = Table(folder / "gaps.csv", GAP_COLUMNS, always=True)
        self._links = Table(folder / "links.csv", LINK_COLUMNS)
        self._blockers = Table(folder / "blockers.csv", BLOCKER_COLUMNS, always=True)
        self._claims = Table(folder / "claims.csv", CLAIM_COLUMNS, always=True)
        self._conflicts = Table(folder / "conflicts.csv", CONFLICT_COLUMNS, always=True)
        self._patients = Table(folder / "patients.csv", PATIENT_COLUMNS)
        self._unmatched = Table(
            folder / "unmatched.csv", UNMATCHED_COLUMNS, always=True
        )
        self.stages: Counter[str] = Counter()

    def add(self, journey: Journey) -> None:
        """Write what is true of one encounter."""
        encounter_id, at = journey.encounter_id, self._at
        reached = milestones_at(journey, at)
        for milestone, when in reached.items():
            self._milestones.row((encounter_id, milestone, iso_utc(when)))
        blockers = blockers_of(journey, at)
        state = state_among(journey, blockers, at)
        self.stages[state.stage] += 1
        self._states.row((encounter_id, iso_utc(at), *state))
        for requirement_id, missing_item in gaps_at(journey, at):
            self._gaps.row((encounter_id, requirement_id, missing_item))
        self._links.row((encounter_id, *links_at(journey, at)))
        for conflict in conflicts_of(journey, reached):
            self._conflicts.row((encounter_id, *conflict))
        for stray in strays_of(journey, at):
            self._unmatched.row((encounter_id, *stray))
        own = journey.patient.patient_id
        others = ";".join(sorted({name for _, name in journey.aliases} - {own}))
        self._patients.row((encounter_id, own, others))
        primary = primary_of(blockers, state.stage, at)
        for blocker in blockers:
            if blocker.started_at <= at:
                self._blocker(journey, blocker, is_primary=blocker is primary)
        for claim in journey.claims:
            if claim.created_at <= at:
                self._claim(journey, claim)

    def close(self) -> None:
        """Finish the files."""
        for table in (
            self._milestones,
            self._states,
            self._gaps,
            self._links,
            self._blockers,
            self._claims,
            self._conflicts,
            self._patients,
            self._unmatched,
        ):
            table.close()

    def _seen(self, when: int) -> str:
        return iso_utc(when) if when <= self._at else ""

    def _blocker(self, journey: Journey, blocker: Blocker, *, is_primary: bool) -> None:
        self._blockers.row(
            (
                journey.encounter_id,
                blocker.code,
                iso_utc(blocker.started_at),
                self._seen(blocker.ended_at),
                "true" if is_primary else "false",
            )
        )

    def _claim(self, journey: Journey, claim: Claim) -> None:
        self._claims.row(
            (
                journey.encounter_id,
                claim.claim_id,
                claim.control_number,
                claim.frequency,
                claim.form,
                claim.replaces.claim_id if claim.replaces else "",
                "true" if claim.is_report else "false",
                iso_utc(claim.created_at),
                self._seen(claim.filed_at),
            )
        )


def write_parameters(
    folder: Path,
    world: World,
    *,
    encounters: int,
    landing_files: list[str],
    split: tuple[int, list[str]] | None = None,
) -> None:
    """Write every number behind the files, the seed and the habits of each person.

    The names of the files are kept too, so that a later run knows its own. `split`
    is when the delivery was split, if it was, and the files of its second part.
    """
    practice = world.practice
    record: dict[str, object] = {
        "seed": practice.seed,
        "encounters": encounters,
        "as_of": iso_utc(world.as_of),
        "defects": sorted(world.defects),
        "last_visit_day": world.last_visit_day,
        "early_export_at": iso_utc(world.early_export_at),
        "parameters": world.parameters.as_dict(),
        "facilities": _facilities(practice),
        "providers": _providers(practice),
        "payers": practice.payers,
        "landing_files": landing_files,
    }
    if split is not None:
        record |= {"split_at": iso_utc(split[0]), LATER_FILES: split[1]}
    data = orjson.dumps(record, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    (folder / PARAMETERS_FILE).write_bytes(data + b"\n")


def _facilities(practice: Practice) -> list[dict[str, object]]:
    return [
        {
            "facility_id": facility.facility_id,
            "time_zone": facility.zone_name,
            "system": facility.system,
            "weekday_weights": facility.weekday_weights,
            "opening_hour": facility.opening_hour,
            "closing_hour": facility.closing_hour,
        }
        for facility in practice.facilities
    ]


def _providers(practice: Practice) -> list[dict[str, object]]:
    return [
        {
            "provider_npi": provider.npi,
            "role": provider.role,
            "facility_id": provider.facility.facility_id,
            "weight": provider.weight,
            "same_day_share": provider.same_day_share,
            "later_signature": provider.later_signature,
            "supervisor_npi": provider.supervisor.npi if provider.supervisor else None,
        }
        for provider in practice.providers
    ]
