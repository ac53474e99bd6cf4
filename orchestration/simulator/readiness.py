"""When a visit was ready for a bill, read off what happened to it by a time."""

from orchestration.simulator.billing import Charge
from orchestration.simulator.hold_steps import AFTER_READY
from orchestration.simulator.journey import Journey
from orchestration.simulator.notes import complete_at
from orchestration.simulator.runs import NEVER


def expected_charges_at(journey: Journey, at: int) -> list[Charge]:
    """Return the lines that count at a time, those after the bill left out."""
    return [charge for charge in journey.charges_at(at) if not charge.is_late]


def ready_at(journey: Journey, at: int) -> int:
    """Return when nothing kept the bill back as things stand at a time.

    That is when notes, charges and coding were complete and the last hold was over.
    """
    key = ("ready", at)
    if key not in journey.memory:
        journey.memory[key] = _ready_at(journey, at)
    ready: int = journey.memory[key]
    return ready


def _ready_at(journey: Journey, at: int) -> int:
    complete = complete_at(journey, at)
    charges = expected_charges_at(journey, at)
    if complete == NEVER or not charges:
        return NEVER
    found = [complete, *(charge.entered_at for charge in charges)]
    coding = journey.coding
    if coding is not None and coding.started_at <= at:
        found.append(coding.completed_at)
    found += [
        hold.ended_at
        for hold in journey.holds
        if hold.started_at <= at and hold.hold_type not in AFTER_READY
    ]
    ready = max(found)
    return ready if ready <= at else NEVER
