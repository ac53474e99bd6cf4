"""Where an encounter really stands: the world's own state machine, read off.

The stage is the first step that has not been taken, in the order in which a visit
becomes money; an end that is no payment comes before all of them.
"""

from typing import NamedTuple

from orchestration.simulator.billing import PAYER, Chain, chains_of
from orchestration.simulator.blockers import (
    Blocker,
    blockers_of,
    held_stages_at,
    primary_of,
)
from orchestration.simulator.journey import Journey
from orchestration.simulator.notes import is_complete_at
from orchestration.simulator.parameters import NURSE_VISIT
from orchestration.simulator.quirks import is_lost
from orchestration.simulator.runs import NEVER


class State(NamedTuple):
    """Where an encounter stands and who can move it on."""

    stage: str
    blocker: str
    owner: str


def state_at(journey: Journey, at: int) -> State:
    """Return the state of an encounter at a time in seconds since 1970."""
    return state_among(journey, blockers_of(journey, at), at)


def state_among(journey: Journey, blockers: list[Blocker], at: int) -> State:
    """Return the state at a time, when all blockers of the encounter are known."""
    stage = stage_at(journey, at)
    primary = primary_of(blockers, stage, at)
    if primary is None:
        return State(stage, "", "")
    return State(stage, primary.code, primary.owner)


def stage_at(journey: Journey, at: int) -> str:
    """Return the stage of an encounter at a time."""
    if journey.ended_at > at:
        return _before_the_end(journey, at)
    held = held_stages_at(journey, at)
    if _needs_no_claim(journey, at) or "non_billable" in held:
        return "non_billable"
    stage = _writing(journey, held, at)
    if not stage and (not journey.charges_at(at) or "charge" in held):
        stage = "charge"
    return stage or _held_or_billed(journey, held, at)


def _needs_no_claim(journey: Journey, at: int) -> bool:
    is_paid_by_patient = journey.patient.payer.is_patient
    is_nurse_visit = journey.visit_type is NURSE_VISIT
    return is_nurse_visit or is_paid_by_patient or journey.reported_at <= at


def _writing(journey: Journey, held: set[str], at: int) -> str:
    """Return the stage of a visit whose notes are not complete for all one knows."""
    if "documentation" in held:
        return "documentation"
    if is_lost(journey):
        return "" if _live_claims_filed(journey, at) else "unknown"
    return "" if is_complete_at(journey, at) else "documentation"


def _live_claims_filed(journey: Journey, at: int) -> bool:
    live = [one for one in chains_of(journey.claims) if one.voided_at > at]
    return any(chain.filed_at <= at for chain in live)


def _before_the_end(journey: Journey, at: int) -> str:
    if min(journey.cancelled_at, journey.noshow_at) <= at:
        return "cancelled"
    return "scheduled" if journey.arrived_at > at else "visit"


def _held_or_billed(journey: Journey, held: set[str], at: int) -> str:
    coding = journey.coding
    is_coded = coding is None or not coding.started_at <= at < coding.completed_at
    for stage in ("coding", "hold"):
        if stage in held or (stage == "coding" and not is_coded):
            return stage
    live = [one for one in chains_of(journey.claims) if one.voided_at > at]
    if not _live_claims_filed(journey, at):
        return "claim"
    if all(chain.settled_at(at) <= at for chain in live):
        return "closed"
    if journey.is_acknowledged and not _has_a_payer(live, at):
        return "acknowledgement"
    return "payer"


def _has_a_payer(chains: list[Chain], at: int) -> bool:
    """Tell whether a payer has taken, or decided, each claim that was filed."""
    return all(
        chain.original.accepted_at(PAYER) <= at
        or any(decision.decided_at <= at for decision in chain.decisions)
        for chain in chains
        if chain.filed_at <= at
    )


def closed_at(journey: Journey, at: int) -> int:
    """Return when everything was settled as it stands at a time, else NEVER."""
    live = [one for one in chains_of(journey.claims) if one.voided_at > at]
    return max((one.settled_at(at) for one in live), default=NEVER)
