"""What kept an encounter from moving on, from when to when: the world's own view.

Each blocker is what somebody in the practice would call the reason for waiting.
Codes, gates and roles are those that everybody there uses; no rule of a reader of
files is among them. An interval that has not ended ends NEVER.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orchestration.simulator.aliases import circle_closed_at
from orchestration.simulator.billing import chains_of
from orchestration.simulator.claim_blockers import claim_intervals
from orchestration.simulator.deadlines import deadline_intervals
from orchestration.simulator.hold_steps import decided_at
from orchestration.simulator.journey import NOTE, REPORT, Document, Journey
from orchestration.simulator.notes import second_signer_missing
from orchestration.simulator.paper_steps import lacking_at
from orchestration.simulator.parameters import NURSE_VISIT
from orchestration.simulator.quirks import is_disordered, is_lost
from orchestration.simulator.runs import NEVER

_HOUR = 3600
_APPOINTMENT_HOURS = 24
_OWNERS = {
    "SCH-01": "front_desk",
    "REG-01": "front_desk",
    "REG-02": "front_desk",
    "REG-03": "front_desk",
    "REG-04": "health_information",
    "VIS-01": "provider",
    "DOC-01": "provider",
    "DOC-02": "provider",
    "DOC-03": "provider",
    "DOC-05": "supervising_provider",
    "DOC-06": "supervising_provider",
    "DOC-07": "provider",
    "DOC-08": "provider",
    "DOC-09": "transcription",
    "DOC-10": "provider",
    "DOC-11": "provider",
    "DOC-12": "front_desk",
    "DOC-13": "provider_manager",
    "CHG-01": "provider",
    "CHG-02": "coder",
    "CHG-03": "charge_entry",
    "CHG-04": "supervising_provider",
    "CHG-05": "charge_entry",
    "COD-01": "coder",
    "COD-02": "coder",
    "COD-03": "coder",
    "HLD-01": "system",
    "HLD-02": "billing_manager",
    "HLD-03": "biller",
    "HLD-04": "biller",
    "HLD-05": "credentialing",
    "CLM-01": "biller",
    "CLM-02": "biller",
    "CLM-03": "biller",
    "ACK-01": "biller",
    "ACK-02": "biller",
    "ACK-03": "biller",
    "ACK-04": "biller",
    "PAY-01": "biller",
    "PAY-02": "payer",
    "PAY-03": "provider",
    "PAY-04": "biller",
    "PAY-05": "biller",
    "TFL-01": "biller",
    "TFL-02": "billing_manager",
    "NB-01": "none",
    "NB-02": "coder",
    "NB-03": "none",
    "NB-04": "none",
    "NB-05": "coder",
    "NB-06": "coder",
    "NB-07": "billing_manager",
    "NB-08": "biller",
    "XREF-02": "charge_entry",
    "XREF-03": "biller",
    "DQ-01": "data_engineering",
    "DQ-02": "data_engineering",
    "DQ-03": "data_engineering",
}
_STAGE_OF_PREFIX = {
    "SCH": "scheduled",
    "VIS": "visit",
    "DOC": "documentation",
    "CHG": "charge",
    "COD": "coding",
    "HLD": "hold",
    "CLM": "claim",
    "ACK": "acknowledgement",
    "PAY": "payer",
}
_STAGES_OF_CODE = {
    "NB-01": "cancelled",
    **dict.fromkeys((f"NB-0{number}" for number in range(2, 9)), "non_billable"),
    "DQ-01": "unknown",
}
_HOLD_CODES = {
    "bill_hold": "HLD-01",
    "manual": "HLD-02",
    "stop_bill": "HLD-03",
    "liability": "HLD-04",
    "enrolment": "HLD-05",
    "charge_approval": "CHG-04",
    "missing_charge": "CHG-02",
    "surgical_package": "NB-02",
    "consolidated": "NB-05",
    "within_stay": "NB-06",
    "write_off": "NB-07",
    "diagnosis_missing": "COD-02",
    "code_edit": "COD-03",
    "authorization": "REG-03",
    "demographics": "REG-02",
    "merge_pending": "REG-04",
    "note_lock": "DOC-03",
    "consent": "DOC-12",
    "order": "DOC-10",
    "claim_edit": "CLM-02",
}


class Blocker(NamedTuple):
    """One reason for waiting, and its span of time."""

    code: str
    started_at: int
    ended_at: int = NEVER

    @property
    def owner(self) -> str:
        """Who can act next."""
        return _OWNERS[self.code]

    @property
    def stage(self) -> str:
        """The stage in which this may be the reason for waiting, if any."""
        by_gate = _STAGE_OF_PREFIX.get(self.code.split("-")[0], "")
        return _STAGES_OF_CODE.get(self.code, by_gate)

    def is_open_at(self, at: int) -> bool:
        """Tell whether it holds at a time."""
        return self.started_at <= at < self.ended_at


def primary_of(blockers: Iterable[Blocker], stage: str, at: int) -> Blocker | None:
    """Return the blocker that explains a stage: the one that began first.

    A bill that is stopped by a missing insurance waits for the front desk.
    """
    now = [one for one in blockers if one.is_open_at(at)]
    found = [one for one in now if one.stage == stage]
    if stage == "claim":
        found = [one for one in now if one.code.startswith("REG-")] or found
    return min(found, key=lambda one: (one.started_at, one.code), default=None)


def blockers_of(journey: Journey, at: int) -> list[Blocker]:
    """Return every blocker of an encounter as things stand at a time, oldest first.

    Those of its future are among them.
    """
    found = [Blocker(*interval) for interval in _intervals(journey, at)]
    real = [one for one in found if one.started_at < one.ended_at]
    return sorted(real, key=lambda one: (one.started_at, one.code))


def _intervals(journey: Journey, at: int) -> Iterator[tuple[str, int, int]]:
    yield "DQ-03", circle_closed_at(journey.aliases), NEVER
    yield from _before_care(journey)
    if journey.ended_at == NEVER:
        for charge in journey.charges:
            yield "XREF-02", charge.entered_at, charge.credited_at
        return
    if is_disordered(journey):
        yield "DQ-02", journey.ended_at, NEVER
    if journey.visit_type is NURSE_VISIT:
        yield "NB-04", journey.ended_at, NEVER
        return
    if is_lost(journey) and not journey.patient.payer.is_patient:
        # Only a claim that went out shows that there are notes.
        since = journey.ended_at
        for chain in chains_of(journey.claims):
            yield "DQ-01", since, chain.filed_at
            since = chain.voided_at
        yield "DQ-01", since, min(decided_at(journey), journey.reported_at)
    yield from deadline_intervals(journey)
    yield from _notes(journey)
    for _, code, _ in lacking_at(journey, at):
        yield code, journey.ended_at, NEVER
    yield from _charges(journey)
    yield from _holding(journey)
    yield from claim_intervals(journey, at)


def _before_care(journey: Journey) -> Iterator[tuple[str, int, int]]:
    called_off = min(journey.cancelled_at, journey.noshow_at)
    yield "NB-01", called_off, NEVER
    is_forgotten = called_off == journey.arrived_at == NEVER
    if is_forgotten or journey.is_appointment_left_open:
        yield "SCH-01", journey.planned_end + _APPOINTMENT_HOURS * _HOUR, NEVER
    if journey.arrived_at < NEVER:
        too_long = journey.started_at + journey.plausible_visit_seconds
        yield "VIS-01", too_long, journey.ended_at


def _notes(journey: Journey) -> Iterator[tuple[str, int, int]]:
    notes = [one for one in journey.documents if one.kind == NOTE]
    begun = min((note.started_at for note in notes), default=NEVER)
    yield "DOC-01", journey.ended_at, begun
    for note in notes:
        yield from _signatures(journey, note)
    for one in journey.documents:
        if one.kind == REPORT:
            yield "DOC-11", journey.ended_at, one.signed_at
        if one.appends_id:
            yield "DOC-08", one.started_at, one.signed_at
    query = journey.query
    if query is not None:
        yield "DOC-07", query.opened_at, query.answered_at


def _signatures(journey: Journey, note: Document) -> Iterator[tuple[str, int, int]]:
    begun = max(journey.ended_at, note.started_at)
    if not note.is_dictated:
        yield "DOC-02", begun, note.signed_at
    if journey.is_author_away and not note.replaces_id:
        first, last = journey.leave
        yield "DOC-13", max(begun, first), min(note.signed_at, last)
    if note.is_dictated:
        yield "DOC-09", note.started_at, note.signed_at
    second = second_signer_missing(journey, note)
    if second:
        yield second, note.signed_at, min(note.cosigned_at, note.replaced_at)
    for edited_at, signed_at in note.edits:
        yield "DOC-08", edited_at, signed_at


def _charges(journey: Journey) -> Iterator[tuple[str, int, int]]:
    """No charge: from complete notes on, and again when all lines are taken back."""
    lines = journey.charges
    # A line in a queue is there; that nobody releases it is another matter.
    entered = min((min(one.entered_at, one.routed_at) for one in lines), default=NEVER)
    yield "CHG-01", first_complete_at(journey), entered
    standing = [one for one in lines if one.credited_at == NEVER]
    if lines and not standing:
        gone = max(one.credited_at for one in lines)
        yield "CHG-01", max(gone, first_complete_at(journey)), NEVER
    routed = [one for one in lines if one.routed_at < NEVER]
    if routed:
        first = min(one.routed_at for one in routed)
        yield "CHG-03", first, max(one.entered_at for one in routed)
    for one in lines:
        if one.is_late:
            yield "CHG-05", one.entered_at, one.credited_at
        if one.is_duplicate:
            yield "XREF-03", one.entered_at, one.credited_at


def first_complete_at(journey: Journey) -> int:
    """Return when the notes first lacked nothing, whatever came after."""
    done = [NEVER]
    for note in journey.notes:
        second = second_signer_missing(journey, note)
        full = note.cosigned_at if second else note.signed_at
        if full < NEVER:
            done.append(full)
    return min(done)


def held_stages_at(journey: Journey, at: int) -> set[str]:
    """Return the stages at which holds keep the bill back at a time."""
    codes = (
        _HOLD_CODES[one.hold_type]
        for one in journey.holds
        if one.started_at <= at < one.ended_at
    )
    return {Blocker(code, at).stage for code in codes}


def _holding(journey: Journey) -> Iterator[tuple[str, int, int]]:
    if journey.coding is not None:
        yield "COD-01", journey.coding.started_at, journey.coding.completed_at
    for hold in journey.holds:
        yield _HOLD_CODES[hold.hold_type], hold.started_at, hold.ended_at
