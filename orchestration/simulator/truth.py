"""What is really true of each encounter at the end: the files of `truth/`.

Read off the journeys alone, before and without any file of a sender. Nothing
that reads senders' files may read these, and they use no rule of that reading.
"""

from orchestration.simulator.billing import (
    CLEARINGHOUSE,
    PAYER,
    Claim,
    Decision,
    chains_of,
)
from orchestration.simulator.blockers import first_complete_at
from orchestration.simulator.journey import Journey
from orchestration.simulator.notes import complete_at, missing_at, open_addenda_at
from orchestration.simulator.paper_steps import lacking_at
from orchestration.simulator.quirks import is_lost
from orchestration.simulator.readiness import expected_charges_at, ready_at
from orchestration.simulator.runs import NEVER
from orchestration.simulator.states import closed_at

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
    "coded_at",
    "billing_ready_at",
    "claim_created_at",
    "claim_submitted_at",
    "clearinghouse_accepted_at",
    "payer_accepted_at",
    "first_adjudicated_at",
    "first_paid_at",
    "closed_at",
)


def milestones_at(journey: Journey, at: int) -> dict[str, int]:
    """Return the milestones reached by a time, in the order of MILESTONES."""
    reached: dict[str, int] = {
        "arrived_at": journey.arrived_at,
        "service_start_at": journey.started_at,
        "service_end_at": journey.ended_at,
    }
    if journey.ended_at < NEVER:
        reached.update(_note_milestones(journey, at))
    reached.update(_money_milestones(journey, at))
    reached = {name: when for name, when in reached.items() if when <= at}
    if not journey.is_walk_in:
        reached["scheduled_for"] = journey.planned_for_at(at)
    return {name: reached[name] for name in MILESTONES if name in reached}


def _note_milestones(journey: Journey, at: int) -> dict[str, int]:
    notes = journey.notes_at(at)
    if not notes:
        return {}
    return {
        "note_started_at": notes[0].started_at,
        "author_signed_at": notes[0].signed_at,
        "cosigned_at": notes[-1].cosigned_at,
        "documentation_complete_at": complete_at(journey, at),
    }


def _money_milestones(journey: Journey, at: int) -> dict[str, int]:
    reached = {
        "billing_ready_at": ready_at(journey, at),
        "closed_at": closed_at(journey, at),
    }
    charges = expected_charges_at(journey, at)
    if charges:
        reached["charge_first_at"] = min(one.entered_at for one in charges)
        reached["charges_complete_at"] = max(one.entered_at for one in charges)
    if journey.coding is not None:
        reached["coded_at"] = journey.coding.completed_at
    claims = _standing_claims(journey, at)
    reached["claim_created_at"] = min((one.created_at for one in claims), default=NEVER)
    reached["claim_submitted_at"] = min((one.filed_at for one in claims), default=NEVER)
    for name, entity in (
        ("clearinghouse_accepted_at", CLEARINGHOUSE),
        ("payer_accepted_at", PAYER),
    ):
        found = (one.accepted_at(entity) for one in claims)
        reached[name] = min(found, default=NEVER)
    decisions = _decisions(claims)
    reached["first_adjudicated_at"] = min(
        (one.decided_at for one in decisions), default=NEVER
    )
    reached["first_paid_at"] = min(
        (one.decided_at for one in decisions if one.paid_cents > 0), default=NEVER
    )
    return reached


def _standing_claims(journey: Journey, at: int) -> list[Claim]:
    """Return the claims that were not taken back by a time."""
    chains = [one for one in chains_of(journey.claims) if one.voided_at > at]
    return [claim for chain in chains for claim in chain.claims]


def _decisions(claims: list[Claim]) -> list[Decision]:
    return [decision for claim in claims for decision in claim.decisions]


_GAPS = {
    "DOC-01": ("R002", "note"),
    "DOC-02": ("R002", "signature"),
    "DOC-09": ("R002", "signature"),
    "DOC-05": ("R120", "cosignature"),
    "DOC-06": ("R073", "attestation"),
    "DOC-08": ("R002", "signature"),
}
_ADDENDUM_GAP = ("R005", "addendum signature")


def gaps_at(journey: Journey, at: int) -> list[tuple[str, str]]:
    """Return requirement and missing item of each gap of a finished visit."""
    if journey.ended_at > at:
        return []
    is_undiagnosed = not journey.has_diagnosis and journey.claim_submitted_at <= at
    claimed = [("R006", "diagnosis")] if is_undiagnosed else []
    if is_lost(journey):
        # Of the notes nobody knows; the claim is there all the same.
        return claimed
    found = claimed + [_GAPS[code] for code in missing_at(journey, at)]
    if any(open_addenda_at(journey, at)):
        found.append(_ADDENDUM_GAP)
    if is_sent_early(journey, at):
        found.append(("R003", "complete before claim"))
    found += [(rule, item) for rule, _, item in lacking_at(journey, at)]
    return list(dict.fromkeys(found))


def is_sent_early(journey: Journey, at: int) -> bool:
    """Tell whether a claim went before the notes were complete, where that counts."""
    is_asked = journey.patient.payer.payer_type == "medicare"
    sent = journey.claim_submitted_at
    return is_asked and sent <= at and sent < first_complete_at(journey)


def links_at(journey: Journey, at: int) -> tuple[str, str, str, str]:
    """Return current note, charges, claim and its control number at a time."""
    notes = journey.notes_at(at)
    document_id = notes[-1].document_id if notes else ""
    charge_ids = ";".join(charge.charge_id for charge in journey.charges_at(at))
    claim = next((one for one in journey.claims if not one.is_report), None)
    if claim is None or claim.created_at > at:
        return document_id, charge_ids, "", ""
    return document_id, charge_ids, claim.claim_id, claim.control_number
