"""What is really true of each encounter at the end: the files of `truth/`.

Read off the journeys alone, before and without any file of a sender. Nothing
that reads senders' files may read these, and they use no rule of that reading.
"""

from typing import NamedTuple

from orchestration.simulator.journey import Document, Journey
from orchestration.simulator.parameters import NURSE_VISIT

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


class State(NamedTuple):
    """Where an encounter stands and who can move it on."""

    stage: str
    blocker: str
    owner: str


SCHEDULED = State("scheduled", "", "")
CANCELLED = State("cancelled", "NB-01", "none")
VISIT = State("visit", "", "")
NO_NOTE = State("documentation", "DOC-01", "provider")
UNSIGNED = State("documentation", "DOC-02", "provider")
UNCOSIGNED = State("documentation", "DOC-05", "supervising_provider")
NON_BILLABLE = State("non_billable", "NB-04", "none")
NO_CHARGE = State("charge", "CHG-01", "provider")
NO_CLAIM = State("claim", "CLM-01", "biller")
UNSUBMITTED = State("claim", "CLM-03", "biller")
WITH_PAYER = State("payer", "PAY-02", "payer")
DENIED_DOCUMENTATION = State("payer", "PAY-03", "provider")
DENIED_OTHER = State("payer", "PAY-04", "biller")
CLOSED = State("closed", "", "")


def state_at(journey: Journey, at: int) -> State:
    """Return the state of an encounter at a time in seconds since 1970."""
    if min(journey.cancelled_at, journey.noshow_at) <= at:
        return CANCELLED
    if journey.arrived_at > at:
        return SCHEDULED
    if journey.ended_at > at:
        return VISIT
    if journey.visit_type is NURSE_VISIT:
        return NON_BILLABLE
    missing = missing_signature_at(journey, at)
    if missing is not None:
        return missing
    return _billing_state_at(journey, at)


def missing_signature_at(journey: Journey, at: int) -> State | None:
    """Return what the note of a finished visit lacks, or None when it is complete."""
    documents = journey.documents_at(at)
    if not documents:
        return NO_NOTE
    if documents[-1].signed_at > at:
        return UNSIGNED
    if journey.cosigner and documents[-1].cosigned_at > at:
        return UNCOSIGNED
    return None


def _billing_state_at(journey: Journey, at: int) -> State:
    if not journey.charges_at(at):
        return NO_CHARGE
    if journey.claim_created_at > at:
        return NO_CLAIM
    if journey.claim_submitted_at > at:
        return UNSUBMITTED
    decision = journey.decision
    if decision is None or decision.decided_at > at:
        return WITH_PAYER
    if decision.is_denied:
        about_note = decision.is_about_documentation
        return DENIED_DOCUMENTATION if about_note else DENIED_OTHER
    return CLOSED


def milestones_at(journey: Journey, at: int) -> dict[str, int]:
    """Return the milestones reached by a time, in the order of MILESTONES."""
    reached: dict[str, int] = {
        "arrived_at": journey.arrived_at,
        "service_start_at": journey.started_at,
        "service_end_at": journey.ended_at,
        **_note_milestones(journey, journey.documents_at(at), at),
        "claim_created_at": journey.claim_created_at,
        "claim_submitted_at": journey.claim_submitted_at,
    }
    charges = journey.charges_at(at)
    if charges:
        reached["charge_first_at"] = min(charge.entered_at for charge in charges)
        reached["charges_complete_at"] = max(charge.entered_at for charge in charges)
    if charges and "documentation_complete_at" in reached:
        reached["billing_ready_at"] = max(
            reached["documentation_complete_at"], reached["charges_complete_at"]
        )
    decision = journey.decision
    if decision is not None:
        reached["first_adjudicated_at"] = decision.decided_at
        if not decision.is_denied:
            reached["first_paid_at"] = reached["closed_at"] = decision.decided_at
    reached = {name: when for name, when in reached.items() if when <= at}
    reached["scheduled_for"] = journey.scheduled_for
    return {name: reached[name] for name in MILESTONES if name in reached}


def _note_milestones(
    journey: Journey, documents: list[Document], at: int
) -> dict[str, int]:
    if not documents:
        return {}
    current = documents[-1]
    found = {
        "note_started_at": documents[0].started_at,
        "author_signed_at": documents[0].signed_at,
    }
    if journey.cosigner:
        found["cosigned_at"] = current.cosigned_at
    complete = current.cosigned_at if journey.cosigner else current.signed_at
    if complete <= at:
        found["documentation_complete_at"] = complete
    return found


_GAPS = {
    NO_NOTE: ("R002", "note"),
    UNSIGNED: ("R002", "signature"),
    UNCOSIGNED: ("R120", "cosignature"),
}


def gaps_at(journey: Journey, at: int) -> list[tuple[str, str]]:
    """Return requirement and missing item of each gap of a finished visit."""
    if journey.ended_at > at:
        return []
    missing = missing_signature_at(journey, at)
    return [] if missing is None else [_GAPS[missing]]


def links_at(journey: Journey, at: int) -> tuple[str, str, str, str]:
    """Return current document, charges, claim and its control number at a time."""
    documents = journey.documents_at(at)
    document_id = documents[-1].document_id if documents else ""
    charge_ids = ";".join(charge.charge_id for charge in journey.charges_at(at))
    if journey.claim_created_at > at:
        return document_id, charge_ids, "", ""
    return document_id, charge_ids, journey.claim_id, journey.patient_control_number
