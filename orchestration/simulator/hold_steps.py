"""How a bill is held back: by a set time, by somebody, or for what is missing.

A hold stops the bill at the step that it is about; a hold for what registration
lacks, and a check of the claim itself, let it get ready and stop it then.
"""

from orchestration.simulator.charge_steps import charged_at
from orchestration.simulator.journey import Hold, Journey
from orchestration.simulator.note_steps import complete_at, is_billed_early
from orchestration.simulator.paper_steps import holds_bill
from orchestration.simulator.runs import NEVER
from orchestration.simulator.walk import Walk

_HOLDS = (
    ("manual", "manager review"),
    ("stop_bill", "missing referral"),
    ("liability", "accident form outstanding"),
    ("enrolment", "enrolment not effective"),
)
_CLAIM_EDIT = ("claim_edit", "claim failed a check")
# By story: what is missing, of which one is picked.
_MISSING = {
    "charge_unapproved": (
        ("charge_approval", "waits for a physician"),
        ("missing_charge", "injection without a charge"),
    ),
    "diagnosis_unlinked": (("diagnosis_missing", "line without a diagnosis"),),
    "codes_conflict": (("code_edit", "modifier conflict"),),
    "registration_incomplete": (
        ("authorization", "authorisation outstanding"),
        ("demographics", "subscriber data incomplete"),
        ("merge_pending", "patient is there twice"),
    ),
    "paper_missing": (
        ("note_lock", "note not locked"),
        ("consent", "consent not on file"),
        ("order", "signed order not on file"),
    ),
}
# Why a coder, or somebody entitled, decides that nothing is billed.
_NOT_FOR_BILL = (
    ("surgical_package", "within the days of a surgery"),
    ("consolidated", "on the claim of the other visit"),
    ("within_stay", "in the days before an admission"),
    ("write_off", "courtesy, approved"),
)
# Kinds that let the bill get ready, and stop it then.
AFTER_READY = frozenset(
    {
        *("authorization", "demographics", "merge_pending", "claim_edit"),
        *(hold_type for hold_type, _ in _NOT_FOR_BILL),
    }
)


def hold(walk: Walk) -> None:
    """Keep the bill back, for a set time or until somebody lets it go."""
    charged = charged_at(walk)
    if charged == NEVER:
        return
    journey, numbers = walk.journey, walk.numbers
    if walk.has("bill_hold"):
        until = charged + 3600 * numbers.bill_hold_hours
        name = f"H-{journey.index:07d}-1"
        reason = "minimum days"
        journey.holds.append(Hold(name, "bill_hold", reason, charged, until))
    is_open = walk.is_story("hold_open")
    if is_open or (walk.has("short_hold") and not walk.story):
        rng = walk.dice("hold_open" if is_open else "short_hold")
        hold_type, reason = rng.choice(_HOLDS)
        started = charged + numbers.hold_start.draw(rng)
        ended = NEVER if is_open else started + numbers.short_hold.draw(rng)
        name = f"H-{journey.index:07d}-2"
        journey.holds.append(Hold(name, hold_type, reason, started, ended))
    if walk.is_story("not_for_bill"):
        rng = walk.dice("not_for_bill")
        hold_type, reason = rng.choice(_NOT_FOR_BILL)
        decided = charged + numbers.hold_start.draw(rng)
        name = f"H-{journey.index:07d}-4"
        journey.holds.append(Hold(name, hold_type, reason, decided))
    if walk.is_story(*_MISSING):
        _stop(walk, _MISSING[walk.story], charged)


def decided_at(journey: Journey) -> int:
    """Return when somebody decided that nothing is billed, else NEVER."""
    kinds = {hold_type for hold_type, _ in _NOT_FOR_BILL}
    found = (one.started_at for one in journey.holds if one.hold_type in kinds)
    return min(found, default=NEVER)


def fail_check(walk: Walk, created: int) -> int:
    """Let a new claim fail its check, and return when it was put right."""
    if not walk.is_story("claim_edit_failed"):
        return created
    _stop(walk, (_CLAIM_EDIT,), created)
    return walk.journey.holds[-1].ended_at


def _stop(walk: Walk, kinds: tuple[tuple[str, str], ...], since: int) -> None:
    """Stop the bill for something missing that, now and then, is found later."""
    journey, numbers = walk.journey, walk.numbers
    rng = walk.dice(walk.story)
    hold_type, reason = rng.choice(kinds)
    released = since + numbers.missing_found.draw(rng)
    is_found = rng.random() < numbers.missing_found_share
    name = f"H-{journey.index:07d}-3"
    ended = released if is_found else NEVER
    journey.holds.append(Hold(name, hold_type, reason, since, ended))


def ready_at(walk: Walk) -> int:
    """Return when nothing keeps the visit from being claimed any more."""
    coding = walk.journey.coding
    holds = (one for one in walk.journey.holds if one.hold_type not in AFTER_READY)
    if holds_bill(walk):
        return NEVER
    return max(
        0 if is_billed_early(walk) else complete_at(walk),
        charged_at(walk),
        coding.completed_at if coding else 0,
        *(one.ended_at for one in holds),
        0,
    )


def registered_at(walk: Walk) -> int:
    """Return when registration lacked nothing that the bill needs."""
    journey = walk.journey
    holds = (one for one in journey.holds if one.hold_type in AFTER_READY)
    insured_at = journey.insurance.valid_since(journey.service_date)
    return max([insured_at, *(one.ended_at for one in holds)])
