"""What the notes of a visit lack at a time, read off its documents."""

from collections.abc import Iterator

from orchestration.simulator.journey import ADDENDUM, Document, Journey
from orchestration.simulator.paper_steps import WARNS_ONLY, lacking_at
from orchestration.simulator.runs import NEVER

STUDENT = "student"


def second_signer_missing(journey: Journey, note: Document) -> str:
    """Return which code says that a note waits for a second signature, if any may."""
    if note.author.role == STUDENT:
        return "DOC-06"
    return "DOC-05" if journey.cosigner is not None else ""


def missing_at(journey: Journey, at: int) -> list[str]:
    """Return the codes of what a finished visit still lacks in its notes."""
    key = ("missing", at)
    if key not in journey.memory:
        journey.memory[key] = list(_missing(journey, at))
    found: list[str] = journey.memory[key]
    return found


def _missing(journey: Journey, at: int) -> Iterator[str]:
    notes = journey.notes_at(at)
    if not notes:
        yield "DOC-01"
        return
    note = notes[-1]
    if note.signed_at > at:
        yield "DOC-09" if note.is_dictated else "DOC-02"
    second = second_signer_missing(journey, note)
    if note.signed_at <= at < note.cosigned_at and second:
        yield second
    if note.open_edit_at(at) < NEVER or any(open_addenda_at(journey, at)):
        yield "DOC-08"


def open_addenda_at(journey: Journey, at: int) -> Iterator[Document]:
    """Yield the additions to the note that nobody has signed yet."""
    for one in journey.documents_at(at):
        if one.kind == ADDENDUM and one.signed_at > at:
            yield one


def is_complete_at(journey: Journey, at: int) -> bool:
    """Tell whether notes and papers of a visit lack nothing that a bill needs."""
    papers = {code for _, code, _ in lacking_at(journey, at)}
    return not missing_at(journey, at) and papers <= {WARNS_ONLY}


def complete_at(journey: Journey, at: int) -> int:
    """Return when the notes became complete as they stand at a time, else NEVER."""
    if journey.ended_at > at or not is_complete_at(journey, at):
        return NEVER
    note = journey.notes_at(at)[-1]
    found = [note.signed_at, *(done for _, done in note.edits if done <= at)]
    if second_signer_missing(journey, note):
        found.append(note.cosigned_at)
    for one in journey.documents_at(at):
        if one.kind == ADDENDUM:
            found.append(one.signed_at)
    return max(found)
