"""The warehouse finds what the simulator planted, and nothing else.

The truth was written before the files were; the pipeline never reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app

ENCOUNTERS = 2000

# The defects of the simulator that the models recover in full, and so far no others.
RECOVERED = (
    "appointment_moved",
    "cancelled_visit",
    "charge_before_note",
    "charge_corrected",
    "charge_missing",
    "claim_not_created",
    "claim_not_submitted",
    "claim_reissued",
    "cosign_pending",
    "denied_documentation",
    "denied_other",
    "denied_unmapped",
    "discharge_undone",
    "duplicate_charge",
    "duplicate_delivery",
    "interest_paid",
    "line_denied",
    "message_replay",
    "noshow_visit",
    "note_not_started",
    "note_unsigned",
    "nurse_visit",
    "overlapping_export",
    "patient_share_only",
    "payment_reversed",
    "provider_adjustment",
    "recent_work",
    "registration_undone",
    "remittance_without_claim",
    "superseded_note",
    "varied_denial_codes",
    "walk_in",
)

# What a source may only tell by proxy, which the fact says with grade D: when a
# FHIR document was begun, and that care began when a patient is registered.
PROXIES = {"note_started_at", "service_start_at"}

MILESTONES = (
    "scheduled_for",
    "arrived_at",
    "service_start_at",
    "service_end_at",
    "note_started_at",
    "author_signed_at",
    "cosigned_at",
    "documentation_complete_at",
    "charge_first_at",
    "charges_complete_at",
    "billing_ready_at",
    "claim_created_at",
    "claim_submitted_at",
    "first_adjudicated_at",
    "first_paid_at",
    "closed_at",
)


@dataclass(frozen=True)
class Practice:
    """A simulated practice that has been run, and its truth beside it."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.connection.execute(query).fetchall()

    def count(self, query: str) -> int:
        return int(self.connection.execute(query).fetchall()[0][0])


def run_practice(run_on: Any, data: Path, defects: str, seed: int) -> Practice:
    runner = CliRunner()
    arguments = ["simulate", "--out", str(data), "--encounters", str(ENCOUNTERS)]
    arguments += ["--seed", str(seed), "--defects", defects]
    simulated = runner.invoke(app, arguments)
    assert simulated.exit_code == 0, simulated.output
    ran = run_on(data / "landing", data, "--as-of", "2026-10-31T12:00:00Z")
    assert ran.code == 0, ran.output
    connection = duckdb.connect()
    connection.execute(f"attach '{data}/warehouse.duckdb' as warehouse (read_only)")
    connection.execute("use warehouse.marts")
    for table in ("states", "milestones", "gaps", "links"):
        connection.execute(
            f"create temp table true_{table} as select * from read_csv("
            f"'{data}/truth/{table}.csv', header = true, all_varchar = true)"
        )
    return Practice(connection)


@pytest.fixture(scope="module")
def practice(
    tmp_path_factory: pytest.TempPathFactory, run_on: Any
) -> Iterator[Practice]:
    """Run every defect that the models recover, at its usual rate."""
    defects = ",".join(RECOVERED)
    found = run_practice(run_on, tmp_path_factory.mktemp("all"), defects, seed=11)
    yield found
    found.connection.close()


@pytest.fixture(scope="module")
def spotless(
    tmp_path_factory: pytest.TempPathFactory, run_on: Any
) -> Iterator[Practice]:
    """Run a practice in which nothing is ever left undone."""
    found = run_practice(run_on, tmp_path_factory.mktemp("none"), "none", seed=11)
    yield found
    found.connection.close()


def test_every_encounter_has_its_true_stage_blocker_and_owner(
    practice: Practice,
) -> None:
    wrong = practice.rows(
        """
        select true_states.stage, found.stage, count(*)
        from true_states
        full join fct_encounters as found using (encounter_id)
        where
            true_states.stage is distinct from found.stage
            or true_states.primary_blocker_code
            is distinct from found.primary_blocker_code
            or true_states.owner_role is distinct from found.owner_role
        group by all
        """
    )
    assert practice.count("select count(*) from true_states") == ENCOUNTERS
    assert wrong == []


def test_many_stages_and_blockers_are_planted(practice: Practice) -> None:
    stages = practice.rows("select distinct stage from true_states")
    blockers = practice.rows(
        "select distinct primary_blocker_code from true_states"
        " where primary_blocker_code is not null"
    )
    assert len(stages) >= 9
    assert len(blockers) >= 11


def test_every_planted_gap_is_found_and_no_other(practice: Practice) -> None:
    found = """
        select encounter_id, requirement_id, missing_item
        from fct_documentation_gaps
        inner join fct_encounters using (encounter_key)
        where result = 'not_met'
    """
    planted = "select encounter_id, requirement_id, missing_item from true_gaps"
    assert practice.count("select count(*) from true_gaps") > 50
    assert practice.rows(f"({planted}) except ({found})") == []
    assert practice.rows(f"({found}) except ({planted})") == []


@pytest.mark.parametrize("milestone", MILESTONES)
def test_every_milestone_is_the_true_one(practice: Practice, milestone: str) -> None:
    """To the second where the source gives an instant, else within its bounds."""
    compared = f"""
        with truth as (
            select
                encounter_id,
                cast(replace("at", 'Z', '') as timestamp) as true_at
            from true_milestones
            where milestone = '{milestone}'
        ),

        found as (
            select
                encounter_id,
                {milestone} as found_at,
                grade,
                lower_at,
                upper_at
            from fct_encounters
            left join fct_encounter_events as events
                on
                    fct_encounters.encounter_key = events.encounter_key
                    and events.milestone = '{milestone}'
                    and events.is_effective
            where {milestone} is not null
        )

        select *
        from truth
        full join found using (encounter_id)
    """
    assert practice.count(f"select count(true_at) from ({compared})") > 100
    only_one_side = practice.rows(
        f"select encounter_id, grade from ({compared})"
        " where true_at is null or found_at is null"
    )
    off = practice.rows(
        f"select encounter_id, grade from ({compared})"
        " where true_at < lower_at - interval '1' second"
        " or true_at > upper_at + interval '1' second"
    )
    if milestone in PROXIES:
        only_one_side = [row for row in only_one_side if row[1] != "D"]
        off = [row for row in off if row[1] != "D"]
    assert only_one_side == []
    assert off == []


def test_every_claim_finds_its_encounter(practice: Practice) -> None:
    found = """
        select encounter_id, patient_control_number
        from bridge_encounters_claims
        inner join fct_encounters using (encounter_key)
        inner join fct_claims using (claim_key)
    """
    planted = """
        select encounter_id, patient_control_number
        from true_links
        where claim_id is not null
    """
    assert practice.count(f"select count(*) from ({planted})") > 1000
    assert practice.rows(f"({planted}) except ({found})") == []
    assert practice.rows(f"({found}) except ({planted})") == []


def test_a_practice_without_defects_has_no_blocker_gap_or_violation(
    spotless: Practice,
) -> None:
    assert spotless.rows("select distinct stage from fct_encounters") == [("closed",)]
    assert spotless.count("select count(*) from rpt_worklist") == 0
    assert (
        spotless.count(
            "select count(*) from fct_documentation_gaps where result <> 'met'"
        )
        == 0
    )
    assert (
        spotless.count(
            "select count(*) from fct_encounters where has_sequence_violation"
        )
        == 0
    )
