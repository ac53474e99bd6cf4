"""The simulated practice: what may happen to a visit, and what is then true."""

from collections import Counter
from datetime import datetime

import pytest

from orchestration.simulator import truth
from orchestration.simulator.journey import NEVER, Journey
from orchestration.simulator.parameters import (
    ALL_DEFECTS,
    DEFAULT_AS_OF,
    Parameters,
    parse_defects,
)
from orchestration.simulator.practice import build_practice, made_up_npi
from orchestration.simulator.runs import DAY, next_payment, next_submission, weekday
from orchestration.simulator.truth import State, state_at
from orchestration.simulator.world import World

AS_OF = int(DEFAULT_AS_OF.timestamp())
SEED = 11

IN_FLIGHT = {
    truth.SCHEDULED,
    truth.VISIT,
    truth.NO_NOTE,
    truth.UNSIGNED,
    truth.UNCOSIGNED,
    truth.NO_CHARGE,
    truth.NO_CLAIM,
    truth.UNSUBMITTED,
    truth.WITH_PAYER,
}
PLANTED_STATES = {
    "note_not_started": truth.NO_NOTE,
    "note_unsigned": truth.UNSIGNED,
    "cosign_pending": truth.UNCOSIGNED,
    "charge_missing": truth.NO_CHARGE,
    "claim_not_created": truth.NO_CLAIM,
    "claim_not_submitted": truth.UNSUBMITTED,
    "denied_documentation": truth.DENIED_DOCUMENTATION,
    "denied_other": truth.DENIED_OTHER,
    "cancelled_visit": truth.CANCELLED,
    "noshow_visit": truth.CANCELLED,
    "nurse_visit": truth.NON_BILLABLE,
}


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


def states_of(journeys: list[Journey]) -> Counter[State]:
    return Counter(state_at(journey, AS_OF) for journey in journeys)


def traits_of(journeys: list[Journey]) -> set[str]:
    """Name the defects that show in what happened, whatever the state."""
    found: set[str] = set()
    for journey in journeys:
        signed = journey.documents[0].signed_at if journey.documents else NEVER
        found.update(
            name
            for name, is_seen in {
                "superseded_note": len(journey.documents) > 1,
                "cancelled_visit": journey.cancelled_at < NEVER,
                "noshow_visit": journey.noshow_at < NEVER,
                "nurse_visit": journey.visit_type.code == "nurse_visit",
                "charge_before_note": any(
                    charge.entered_at < signed for charge in journey.charges
                ),
                "recent_work": journey.scheduled_for > AS_OF - 119 * DAY,
            }.items()
            if is_seen
        )
    return found


def test_every_state_occurs_among_two_thousand_encounters(
    journeys: list[Journey],
) -> None:
    expected = IN_FLIGHT | set(PLANTED_STATES.values()) | {truth.CLOSED}

    assert set(states_of(journeys)) == expected


def test_every_defect_of_the_world_shows_among_two_thousand_encounters(
    journeys: list[Journey],
) -> None:
    assert traits_of(journeys) == {
        "superseded_note",
        "cancelled_visit",
        "noshow_visit",
        "nurse_visit",
        "charge_before_note",
        "recent_work",
    }


def test_without_defects_everything_is_closed_and_documented() -> None:
    journeys = journeys_of(frozenset(), 1000)

    assert set(states_of(journeys)) == {truth.CLOSED}
    assert traits_of(journeys) == set()
    assert not any(truth.gaps_at(journey, AS_OF) for journey in journeys)
    for journey in journeys:
        reached = set(truth.milestones_at(journey, AS_OF))
        needed = set(truth.MILESTONES)
        if not journey.cosigner:
            needed.remove("cosigned_at")
        assert reached == needed


@pytest.mark.parametrize("defect", sorted(ALL_DEFECTS))
def test_one_switch_plants_only_its_own_defect(defect: str) -> None:
    journeys = journeys_of(frozenset({defect}), 700)
    states = set(states_of(journeys))
    traits = traits_of(journeys)

    if defect == "recent_work":
        assert states <= IN_FLIGHT | {truth.CLOSED}
        assert len(states) > 5
    elif defect in PLANTED_STATES:
        assert states == {PLANTED_STATES[defect], truth.CLOSED}
    else:
        assert states == {truth.CLOSED}
    of_the_files = {"duplicate_delivery", "overlapping_export", "message_replay"}
    shown = {defect} - of_the_files - (set(PLANTED_STATES) - traits)
    assert traits == shown


def test_a_charge_comes_before_the_signature_only_where_it_is_planted() -> None:
    planted = journeys_of(frozenset({"charge_before_note"}), 1000)
    early = [
        journey
        for journey in planted
        if journey.charges[0].entered_at < journey.documents[0].signed_at
    ]

    assert 0.02 < len(early) / len(planted) < 0.09


def test_only_notes_of_trainees_need_a_cosignature(journeys: list[Journey]) -> None:
    for journey in journeys:
        assert (journey.cosigner is not None) == (journey.provider.role == "trainee")
        if journey.cosigner:
            assert journey.cosigner.facility is journey.facility
    assert any(journey.cosigner for journey in journeys)


def test_visits_start_in_the_local_opening_hours_of_the_site() -> None:
    defects = ALL_DEFECTS - {"recent_work"}
    for journey in journeys_of(defects, 800):
        local = datetime.fromtimestamp(journey.scheduled_for, journey.facility.zone)
        facility = journey.facility
        assert facility.opening_hour <= local.hour < facility.closing_hour
        assert local.minute % 15 == 0
        assert facility.weekday_weights[local.weekday()] > 0


def test_a_charging_session_is_never_cut_by_the_time_of_the_extract() -> None:
    uncut = next(
        journey
        for journey in journeys_of(frozenset(), 200)
        if len({charge.entered_at for charge in journey.charges}) > 1
    )
    cut_at = uncut.charges[0].entered_at
    # Move the whole world so that the extract falls between the two lines.
    shifted = _same_journey_as_of(uncut, cut_at)

    assert len({charge.entered_at for charge in shifted.charges}) == 1


def _same_journey_as_of(journey: Journey, at: int) -> Journey:
    """Walk the same encounter in a world whose extract is taken at `at`."""
    world = world_of(frozenset())
    days = AS_OF // DAY - at // DAY
    parameters = Parameters(
        first_visit_day=world.parameters.first_visit_day + days,
        last_visit_day_without_recent_work=(
            world.parameters.last_visit_day_without_recent_work + days
        ),
    )
    moved = World(world.practice, parameters, at, frozenset())
    return moved.journey(journey.index, journey.patient)


def test_payers_answer_to_the_cent(journeys: list[Journey]) -> None:
    decisions = [journey.decision for journey in journeys if journey.decision]
    for decision in decisions:
        for line in decision.lines:
            taken_off = sum(part.amount_cents for part in line.adjustments)
            assert line.charge.amount_cents == line.paid_cents + taken_off
            assert all(part.amount_cents > 0 for part in line.adjustments)
        assert decision.is_denied == (decision.paid_cents == 0)
    reasons = {
        line.adjustments[0].reason
        for decision in decisions
        if decision.is_denied and not decision.is_about_documentation
        for line in decision.lines
    }
    assert reasons == {"27", "29", "197"}


def test_runs_leave_on_their_weekdays() -> None:
    friday = 1_793_318_400  # 30 October 2026
    assert weekday(friday // DAY) == 4

    submitted = next_submission(friday + 1, time_of_day=80_100)
    paid = next_payment(friday + 60_000, (4,), time_of_day=54_000)

    assert submitted == friday + 3 * DAY + 80_100
    assert paid == friday + 7 * DAY + 54_000


def test_made_up_provider_numbers_are_well_formed_and_nobodys() -> None:
    for number in range(25):
        npi = made_up_npi(number)
        digits = [int(digit) for digit in reversed("80840" + npi)]
        doubled = [digit * (1 + place % 2) for place, digit in enumerate(digits)]
        assert sum(part // 10 + part % 10 for part in doubled) % 10 == 0
        assert len(npi) == 10
        assert npi.startswith("9")


def test_defects_are_parsed() -> None:
    assert parse_defects("all") == ALL_DEFECTS
    assert parse_defects("none") == frozenset()
    assert parse_defects("note_unsigned, recent_work") == {
        "note_unsigned",
        "recent_work",
    }
    with pytest.raises(ValueError, match=r"'typo'.*note_unsigned"):
        parse_defects("note_unsigned,typo")
