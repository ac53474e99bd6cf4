"""What is true of a simulated visit at any time, read off its journey."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.simulator import notes, truth
from orchestration.simulator.blockers import blockers_of, held_stages_at
from orchestration.simulator.journey import Journey
from orchestration.simulator.parameters import ALL_DEFECTS, DEFAULT_AS_OF, Parameters
from orchestration.simulator.practice import build_practice
from orchestration.simulator.runs import DAY
from orchestration.simulator.states import state_at
from orchestration.simulator.world import World

AS_OF = int(DEFAULT_AS_OF.timestamp())
SEED = 11


def world_of(defects: frozenset[str], seed: int = SEED) -> World:
    parameters = Parameters()
    practice = build_practice(seed, parameters)
    return World(practice, parameters, AS_OF, defects)


def journeys_of(defects: frozenset[str], count: int) -> list[Journey]:
    world = world_of(defects)
    return [
        world.journey(index, world.practice.patient(world.patient_number(index)))
        for index in range(1, count + 1)
    ]


@pytest.fixture(scope="module")
def journeys() -> list[Journey]:
    return journeys_of(ALL_DEFECTS, 2000)


def test_milestones_are_in_order(journeys: list[Journey]) -> None:
    paths = (
        ("arrived_at", "service_start_at", "service_end_at", "note_started_at"),
        ("note_started_at", "author_signed_at", "cosigned_at"),
        ("author_signed_at", "documentation_complete_at", "billing_ready_at"),
        ("service_end_at", "charge_first_at", "charges_complete_at"),
        ("charges_complete_at", "billing_ready_at"),
        ("charges_complete_at", "coded_at", "billing_ready_at"),
        ("claim_created_at", "claim_submitted_at", "clearinghouse_accepted_at"),
        ("clearinghouse_accepted_at", "payer_accepted_at", "first_adjudicated_at"),
        ("claim_submitted_at", "first_adjudicated_at", "first_paid_at", "closed_at"),
    )
    for journey in journeys:
        reached = truth.milestones_at(journey, AS_OF)
        planned = reached.pop("scheduled_for", None)
        assert (planned is None) == journey.is_walk_in
        assert max(reached.values(), default=AS_OF) <= AS_OF
        assert planned is None or journey.booked_at < planned
        for path in paths:
            times = [reached[name] for name in path if name in reached]
            assert all(before <= after for before, after in pairwise(times))


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 700), st.integers(-200 * DAY, 20 * DAY))
def test_state_and_milestones_agree_at_any_time(index: int, offset: int) -> None:
    world = world_of(ALL_DEFECTS)
    patient = world.practice.patient(world.patient_number(index))
    journey, at = world.journey(index, patient), AS_OF + offset
    state, reached = state_at(journey, at), truth.milestones_at(journey, at)
    stage = state.stage
    is_open = journey.reported_at > at

    if stage == "closed":
        assert "closed_at" in reached
    if stage == "visit":
        assert "arrived_at" in reached
        assert "service_end_at" not in reached
    if stage in {"acknowledgement", "payer"}:
        assert "claim_submitted_at" in reached
        assert "closed_at" not in reached
    if stage == "payer" and "first_adjudicated_at" not in reached:
        assert "payer_accepted_at" in reached
    if stage == "claim":
        assert "billing_ready_at" in reached
    # Somebody may hold a visit back where nothing is missing for all one can see.
    is_held = stage in held_stages_at(journey, at)
    if stage == "documentation":
        assert is_open
        assert is_held or "documentation_complete_at" not in reached
        assert is_held or truth.gaps_at(journey, at)
    if stage == "charge":
        assert is_held or "charge_first_at" not in reached
    if stage == "scheduled":
        assert set(reached) <= {"scheduled_for"}
    if stage == "cancelled":
        charged = {"charge_first_at", "charges_complete_at"}
        assert set(reached) <= {"scheduled_for", *charged}


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 700), st.integers(-200 * DAY, 20 * DAY))
def test_the_primary_blocker_is_the_oldest_open_one_of_the_stage(
    index: int, offset: int
) -> None:
    world = world_of(ALL_DEFECTS)
    patient = world.practice.patient(world.patient_number(index))
    journey, at = world.journey(index, patient), AS_OF + offset
    state, blockers = state_at(journey, at), blockers_of(journey, at)
    here = [one for one in blockers if one.is_open_at(at) and one.stage == state.stage]

    if state.blocker.startswith("REG"):
        assert state.stage == "claim"
    elif here:
        assert state.blocker in {one.code for one in here}
        oldest = min(one.started_at for one in here)
        assert oldest in {one.started_at for one in here if one.code == state.blocker}
    else:
        assert state.blocker == state.owner == ""


def test_every_blocker_ends_after_it_began(journeys: list[Journey]) -> None:
    for journey in journeys:
        for blocker in blockers_of(journey, AS_OF):
            assert blocker.started_at < blocker.ended_at
            assert blocker.owner


def test_documentation_is_complete_with_the_version_that_replaced_the_first() -> None:
    for journey in journeys_of(frozenset({"superseded_note"}), 600):
        reached = truth.milestones_at(journey, AS_OF)
        first, current = journey.notes[0], journey.notes[-1]
        complete = current.cosigned_at if journey.cosigner else current.signed_at
        assert reached["author_signed_at"] == first.signed_at
        assert reached["documentation_complete_at"] == complete
        if current is not first:
            assert first.signed_at < first.replaced_at == current.started_at < complete


def test_a_replaced_note_makes_documentation_incomplete_until_it_is_signed() -> None:
    journey = next(
        journey
        for journey in journeys_of(frozenset({"superseded_note"}), 600)
        if len(journey.notes) > 1 and not journey.cosigner
    )
    first, second = journey.notes
    before, between = first.replaced_at - 1, second.signed_at - 1

    assert list(notes.missing_at(journey, before)) == []
    assert list(notes.missing_at(journey, between)) == ["DOC-02"]
    assert "author_signed_at" in truth.milestones_at(journey, between)
    assert "documentation_complete_at" not in truth.milestones_at(journey, between)
    assert truth.links_at(journey, before)[0] == first.document_id
    assert truth.links_at(journey, between)[0] == second.document_id
