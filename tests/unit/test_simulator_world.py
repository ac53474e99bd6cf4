"""The simulated practice: what may happen to a visit, and what is then true."""

from collections import Counter
from datetime import datetime

import pytest

from orchestration.simulator import truth
from orchestration.simulator.blockers import blockers_of
from orchestration.simulator.journey import Journey
from orchestration.simulator.parameters import (
    ALL_DEFECTS,
    DEFAULT_AS_OF,
    Parameters,
    parse_defects,
)
from orchestration.simulator.practice import build_practice, made_up_npi
from orchestration.simulator.rates import STORIES, TRAITS
from orchestration.simulator.runs import DAY, next_payment, next_submission, weekday
from orchestration.simulator.states import state_at
from orchestration.simulator.world import World

AS_OF = int(DEFAULT_AS_OF.timestamp())
SEED = 11

IN_FLIGHT = {
    ("scheduled", ""),
    ("visit", ""),
    ("documentation", "DOC-01"),
    ("documentation", "DOC-02"),
    ("documentation", "DOC-05"),
    ("charge", "CHG-01"),
    ("claim", "CLM-01"),
    ("claim", "CLM-03"),
    ("payer", "PAY-02"),
}
# Where each defect leaves an encounter for good, once all others are off.
STUCK = {
    "note_not_started": {("documentation", "DOC-01")},
    "note_unsigned": {("documentation", "DOC-02")},
    "cosign_pending": {("documentation", "DOC-05")},
    "charge_missing": {("charge", "CHG-01")},
    "claim_not_created": {("claim", "CLM-01")},
    "claim_not_submitted": {("claim", "CLM-03")},
    "denied_documentation": {("payer", "PAY-03")},
    "denied_other": {("payer", "PAY-04")},
    "denied_unmapped": {("payer", "PAY-04")},
    "cancelled_visit": {("cancelled", "NB-01")},
    "noshow_visit": {("cancelled", "NB-01")},
    "nurse_visit": {("non_billable", "NB-04")},
    "payer_slow": set(),
    "claim_voided": {("claim", "CLM-01")},
    "report_only": {("non_billable", "NB-03")},
    "appointment_left_open": {("scheduled", "SCH-01")},
    "visit_left_open": {("visit", "VIS-01")},
    "coding_open": {("coding", "COD-01")},
    "query_unanswered": {("coding", "COD-01")},
    "hold_open": {("hold", f"HLD-0{number}") for number in (2, 3, 4, 5)},
    "charge_in_router": {("charge", "CHG-03")},
    "charge_taken_back": {("charge", "CHG-01")},
    "addendum_unsigned": {("documentation", "DOC-08")},
    "wrong_type_note": {("documentation", "DOC-02")},
    "student_note": {("documentation", "DOC-06")},
    "dictated_only": {("documentation", "DOC-09")},
    "charge_unapproved": {("charge", "CHG-02"), ("charge", "CHG-04")},
    "not_for_bill": {("non_billable", f"NB-0{number}") for number in (2, 5, 6, 7)},
    "self_pay": {("non_billable", "NB-08")},
    "filing_forgotten": {("claim", "CLM-01"), ("claim", "CLM-03")},
    "order_missing": {("documentation", "DOC-10")},
    "order_unsigned": {("documentation", "DOC-10")},
    "report_missing": {("documentation", "DOC-11")},
    "diagnosis_unlinked": {("coding", "COD-02")},
    "codes_conflict": {("coding", "COD-03")},
    "registration_incomplete": {("claim", f"REG-0{number}") for number in (2, 3, 4)},
    "paper_missing": {("documentation", f"DOC-{code}") for code in ("03", "10", "12")},
    "claim_edit_failed": {("claim", "CLM-02")},
    # Some were put right so lately that the payer still has the claim.
    "coverage_missing": {("claim", "REG-01"), ("payer", "PAY-02")},
    "coverage_expired": {("claim", "REG-01"), ("payer", "PAY-02")},
}
# Few visits need what these leave out.
RARE = {"order_missing", "order_unsigned", "report_missing"}
NEED_ANSWERS = {
    "file_rejected_999": {("claim", "CLM-03")},
    "file_unanswered": {("acknowledgement", "ACK-01")},
    "clearinghouse_rejected": {("acknowledgement", "ACK-02")},
    "payer_rejected": {("acknowledgement", "ACK-03")},
    "payer_silent": {("acknowledgement", "ACK-04")},
    "diagnosis_left_out": {("acknowledgement", "ACK-02")},
    "rejected_resubmitted": set(),
    "pending_information": set(),
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


def states_of(journeys: list[Journey]) -> Counter[tuple[str, str]]:
    return Counter(state_at(journey, AS_OF)[:2] for journey in journeys)


def test_every_state_occurs_among_six_thousand_encounters() -> None:
    expected = {("closed", ""), ("acknowledgement", "")} | IN_FLIGHT
    expected = expected.union(*STUCK.values(), *NEED_ANSWERS.values())
    expected |= {("hold", "HLD-01"), ("unknown", "DQ-01")}
    expected |= {("payer", "PAY-01"), ("payer", "PAY-05")}

    # Nothing stops a corrected claim in the days until the payer takes it.
    found = set(states_of(journeys_of(ALL_DEFECTS, 6000)))
    assert found - {("payer", "")} == expected


def test_without_defects_everything_is_closed_and_documented() -> None:
    journeys = journeys_of(frozenset(), 1000)

    assert set(states_of(journeys)) == {("closed", "")}
    assert not any(truth.gaps_at(journey, AS_OF) for journey in journeys)
    answered = {"clearinghouse_accepted_at", "payer_accepted_at", "coded_at"}
    for journey in journeys:
        reached = set(truth.milestones_at(journey, AS_OF))
        needed = set(truth.MILESTONES) - answered
        if not journey.cosigner:
            needed.remove("cosigned_at")
        assert reached == needed
        kinds = {blocker.code for blocker in blockers_of(journey, AS_OF)}
        assert kinds <= {
            "DOC-01", "DOC-02", "DOC-05", "DOC-11",
            "CHG-01", "CLM-01", "CLM-03", "PAY-02",
        }  # fmt: skip
        assert all(one.ended_at <= AS_OF for one in blockers_of(journey, AS_OF))


@pytest.mark.parametrize("defect", sorted(ALL_DEFECTS - {"recent_work"}))
def test_one_switch_plants_only_its_own_defect(defect: str) -> None:
    count = 4000 if defect in RARE else 900
    found = set(states_of(journeys_of(frozenset({defect}), count)))
    expected = STUCK.get(defect, set())

    assert found <= expected | {("closed", "")}
    assert bool(found & expected) == bool(expected)


@pytest.mark.parametrize("defect", sorted(NEED_ANSWERS))
def test_a_switch_about_answers_needs_answers(defect: str) -> None:
    defects = frozenset({defect, "acknowledgements"})
    journeys = journeys_of(defects, 900)

    found = set(states_of(journeys)) - {("closed", "")}
    assert found == NEED_ANSWERS[defect]


def test_recent_work_is_seen_on_its_way() -> None:
    found = set(states_of(journeys_of(frozenset({"recent_work"}), 700)))

    assert found <= IN_FLIGHT | {("closed", "")}
    assert len(found) > 5


@pytest.mark.parametrize("defect", sorted({*STORIES, *TRAITS} - {"clock_change_visit"}))
def test_a_switch_leaves_the_other_encounters_as_they_are(defect: str) -> None:
    """What does not have the defect is the same to the second with it and without."""
    base = journeys_of(frozenset({"acknowledgements"}), 300)
    planted = journeys_of(frozenset({"acknowledgements", defect}), 300)
    changed = [
        one
        for one, other in zip(base, planted, strict=True)
        if truth.milestones_at(one, AS_OF) != truth.milestones_at(other, AS_OF)
        or blockers_of(one, AS_OF) != blockers_of(other, AS_OF)
    ]

    assert len(changed) < 60


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
    defects = ALL_DEFECTS - {"recent_work", "clock_change_visit"}
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
    decisions = [
        decision
        for journey in journeys
        for claim in journey.claims
        for decision in claim.decisions
    ]
    for decision in decisions:
        sign = -1 if decision.status == "22" else 1
        for line in decision.lines:
            taken_off = sum(part.amount_cents for part in line.adjustments)
            assert line.charge.amount_cents == line.paid_cents + taken_off
            assert all(sign * part.amount_cents > 0 for part in line.adjustments)
        if decision.is_denied:
            assert decision.paid_cents == 0
    assert {decision.status for decision in decisions} == {"1", "4", "22"}


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
