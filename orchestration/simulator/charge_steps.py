"""How a visit is charged and coded, before anything is claimed."""

from dataclasses import replace

from orchestration.simulator.billing import INSTITUTIONAL, Charge
from orchestration.simulator.journey import CodingTask, Query
from orchestration.simulator.note_steps import is_billed_early
from orchestration.simulator.parameters import ADD_ON_CODES, PROCEDURE_ADD_ON_CODES
from orchestration.simulator.practice import HL7V2
from orchestration.simulator.runs import DAY, NEVER
from orchestration.simulator.walk import Walk


def charge(walk: Walk) -> None:
    """Enter the charge lines of the visit, or leave them out."""
    journey, numbers, rng = walk.journey, walk.numbers, walk.rng
    is_early = walk.happens("charge_before_note") or is_billed_early(walk)
    if walk.is_story("charge_missing"):
        return
    signed = journey.notes[0].signed_at if journey.notes else NEVER
    if journey.ended_at == NEVER:
        # The visit was called off; somebody charges for it all the same.
        called_off = min(journey.cancelled_at, journey.noshow_at)
        entered = called_off + numbers.charge_entry.draw(rng)
    elif is_early:
        until = min(signed, journey.ended_at + 2 * DAY)
        entered = journey.ended_at + int(
            rng.uniform(0.1, 0.8) * (until - journey.ended_at)
        )
    elif signed < NEVER:
        entered = signed + numbers.charge_entry.draw(rng)
    else:
        return
    count = 1 + rng.choices((0, 1, 2), numbers.charge_line_counts)[0]
    gap = numbers.charge_line_seconds
    if entered <= walk.as_of < entered + gap * (count - 1):
        gap = 0  # an extract is taken between two sessions, never inside one
    service_date = journey.service_date
    for line in range(count):
        one = _charge_line(walk, line, entered + line * gap, service_date)
        journey.charges.append(one)
    if journey.ended_at < NEVER:
        _disturb(walk)


def _charge_line(walk: Walk, line: int, entered_at: int, service_date: str) -> Charge:
    journey = walk.journey
    visit_type = journey.visit_type
    add_ons = PROCEDURE_ADD_ON_CODES if journey.is_procedure else ADD_ON_CODES
    codes = add_ons if line else visit_type.charge_codes
    # An add-on is charged once, so a later line takes the next code.
    first = 0 if line else walk.rng.randrange(len(codes))
    code, price = codes[(first + line) % len(codes)]
    units = walk.rng.choice((1, 1, 2)) if line else 1
    return Charge(
        f"CH-{journey.index:07d}-{line + 1}",
        journey.encounter_id,
        code,
        "95" if visit_type.is_virtual and not line else "",
        units,
        units * price,
        service_date,
        entered_at,
    )


def _disturb(walk: Walk) -> None:
    """Let something go wrong with lines that were entered."""
    journey, lines = walk.journey, walk.journey.charges
    if walk.is_story("charge_in_router") and journey.facility.system != HL7V2:
        # Lines drop from the visit by themselves, and nobody releases them.
        dropped = journey.ended_at + walk.numbers.router_seconds
        journey.charges = [
            replace(one, routed_at=dropped, entered_at=NEVER) for one in lines
        ]
    elif walk.is_story("charge_taken_back"):
        rng = walk.dice("charge_taken_back")
        back = lines[-1].entered_at + walk.numbers.charge_correction.draw(rng)
        journey.charges = [replace(one, credited_at=back) for one in lines]
    elif walk.is_story("two_claims"):
        journey.charges += [_facility_part(walk, one) for one in lines]
    elif not walk.story and walk.has("charge_corrected"):
        _correct(walk)
    elif not walk.story and walk.has("duplicate_charge"):
        _enter_twice(walk)


def _facility_part(walk: Walk, one: Charge) -> Charge:
    share = walk.numbers.facility_share
    return replace(
        one,
        charge_id=f"{one.charge_id}F",
        amount_cents=int(one.amount_cents * share),
        component=INSTITUTIONAL,
        modifier="",
    )


def _correct(walk: Walk) -> None:
    """Take the first line back and enter what was meant: another price."""
    rng = walk.dice("charge_corrected")
    journey = walk.journey
    wrong, *others = journey.charges
    back = journey.charges[-1].entered_at + walk.numbers.charge_correction.draw(rng)
    codes = [pair for pair in journey.visit_type.charge_codes if pair[0] != wrong.code]
    code, price = codes[0]
    right = replace(
        wrong,
        charge_id=f"{wrong.charge_id}C",
        code=code,
        units=1,
        amount_cents=price,
        entered_at=back,
    )
    journey.charges = [replace(wrong, credited_at=back), *others, right]


def _enter_twice(walk: Walk) -> None:
    rng = walk.dice("duplicate_charge")
    first = walk.journey.charges[0]
    again = first.entered_at + walk.numbers.charge_correction.draw(rng)
    copy = replace(
        first,
        charge_id=f"{first.charge_id}D",
        entered_at=again,
        is_duplicate=True,
    )
    walk.journey.charges.append(copy)


def charged_at(walk: Walk) -> int:
    """Return when the last expected line was entered, else NEVER."""
    lines = walk.journey.charges
    standing = [one.entered_at for one in lines if one.credited_at == NEVER]
    return max(standing, default=NEVER)


def code(walk: Walk) -> None:
    """Give the visit to a coder, who may ask the provider."""
    is_stuck = walk.is_story("coding_open", "query_unanswered")
    charged = charged_at(walk)
    if charged == NEVER or not (is_stuck or walk.has("coding_task")):
        return
    journey, numbers = walk.journey, walk.numbers
    rng = walk.dice("coding_task")
    started = charged + numbers.coding_start.draw(rng)
    completed = started + numbers.coding_work.draw(rng)
    asks = walk.is_story("query_unanswered") or walk.has("coding_query")
    if asks and not walk.is_story("coding_open"):
        opened = started + numbers.query_start.draw(rng)
        answered = opened + numbers.query_answer.draw(rng)
        identifier = f"Q-{journey.index:07d}"
        if walk.is_story("query_unanswered"):
            journey.query = Query(identifier, opened)
        else:
            completed = max(completed, answered + 3600)
            journey.query = Query(identifier, opened, answered, answered + 1800)
    done = NEVER if is_stuck else completed
    journey.coding = CodingTask(f"CD-{journey.index:07d}", started, done)
