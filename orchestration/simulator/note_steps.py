"""How the note of a visit is written, signed, signed again and added to.

None of these steps ends the journey: a charge does not wait for a note.
"""

from orchestration.simulator.journey import ADDENDUM, NOTE, OTHER, Document
from orchestration.simulator.practice import CSV, FHIR, HL7V2
from orchestration.simulator.runs import DAY, NEVER
from orchestration.simulator.walk import Walk


def write_notes(walk: Walk) -> None:
    """Write the note and whatever else is written down about the visit."""
    _write_note(walk)
    _replace_note(walk)
    _cosign(walk)
    _write_something_else(walk)
    _append(walk)
    _edit_before_claim(walk)
    # Only a system that tells of signatures apart from documents can miss them.
    is_apart = walk.journey.facility.system == FHIR
    stories = ("student_note", "billed_before_signature")
    is_simple = walk.journey.cosigner is None and not walk.is_story(*stories)
    if is_apart and is_simple and walk.has("signature_time_missing"):
        for document in walk.journey.documents:
            document.has_signature_time = False


def complete_at(walk: Walk) -> int:
    """Return when the last signature was made that the notes need."""
    found = [NEVER]
    current = [one for one in walk.journey.documents if one.kind == NOTE]
    if current:
        note = current[-1]
        found = [note.last_signed_at]
        if needs_second_signature(walk, note):
            found.append(note.cosigned_at)
        found += [one.signed_at for one in walk.journey.documents if one.appends_id]
    return max(found)


def needs_second_signature(walk: Walk, note: Document) -> bool:
    """Tell whether the author may not bill alone."""
    return walk.journey.cosigner is not None or note.author.role == "student"


def is_billed_early(walk: Walk) -> bool:
    """Tell whether the bill does not wait for the note."""
    # When a note was signed in a year that has not come nobody can compare.
    is_dated = "future_time" not in walk.quirks
    return walk.is_story("billed_before_signature") and is_dated


def _write_note(walk: Walk) -> None:
    journey, numbers = walk.journey, walk.numbers
    if walk.is_story("note_not_started"):
        return
    started = journey.ended_at + numbers.note_start.draw(walk.rng)
    note = Document(f"D-{journey.index:07d}-1", journey.provider, started)
    journey.documents.append(note)
    if walk.rng.random() < journey.provider.same_day_share:
        delay = numbers.same_day_signature.draw(walk.rng)
    else:
        delay = journey.provider.later_signature.draw(walk.rng)
    delay = int(delay * _pace(walk))
    note.signed_at = _back_from_leave(walk, started + delay)
    if is_billed_early(walk):
        late = numbers.signed_after_bill.draw(walk.dice("billed_before_signature"))
        note.signed_at = started + late
    if walk.is_story("student_note") and journey.cosigner is None:
        note.author = walk.student
    if walk.is_story("dictated_only") and journey.facility.system == HL7V2:
        note.is_dictated = True
        note.signed_at = NEVER


def _pace(walk: Walk) -> float:
    """Return how many times as long as usual an author takes to sign."""
    numbers, journey = walk.numbers, walk.journey
    is_there = journey.facility.facility_id == numbers.shift_facility
    has_begun = journey.ended_at >= walk.as_of + numbers.shift_day * DAY
    return numbers.shift_factor if is_there and has_begun else 1.0


def _back_from_leave(walk: Walk, signed_at: int) -> int:
    """Let an author who left after the visit sign when back, some hours later."""
    first, last = walk.journey.leave
    if not walk.journey.ended_at < first <= signed_at < last:
        return signed_at
    walk.journey.is_author_away = True
    return last + walk.numbers.return_from_leave.draw(walk.dice("author_away"))


def _replace_note(walk: Walk) -> None:
    """Replace, now and then, the signed note by one that is signed later."""
    journey, numbers = walk.journey, walk.numbers
    happens = walk.happens("superseded_note")
    plain = not walk.is_story("student_note", "dictated_only")
    if journey.documents and happens and plain:
        old = journey.documents[0]
        old.replaced_at = old.signed_at + numbers.replacement_start.draw(walk.rng)
        new = Document(
            f"D-{journey.index:07d}-2",
            old.author,
            old.replaced_at,
            replaces_id=old.document_id,
        )
        new.signed_at = new.started_at + numbers.replacement_signature.draw(walk.rng)
        journey.documents.append(new)
    if journey.documents and walk.is_story("note_unsigned", "wrong_type_note"):
        journey.documents[-1].signed_at = NEVER


def _cosign(walk: Walk) -> None:
    """Only the version that stays is cosigned."""
    journey = walk.journey
    if not journey.documents:
        return
    note = journey.documents[-1]
    if journey.cosigner is None:
        _attest_student(walk, note)
        return
    delay = walk.numbers.cosignature.draw(walk.rng)
    is_pending = walk.happens("cosign_pending") and not walk.story
    if note.signed_at < NEVER and not is_pending:
        note.cosigned_at = note.signed_at + delay


def _attest_student(walk: Walk, note: Document) -> None:
    """Let the provider of the visit vouch for the note of a student, or not."""
    if note.author.role != "student":
        return
    rng = walk.dice("student_note")
    if rng.random() < walk.numbers.student_attested_share:
        note.cosigned_at = note.signed_at + walk.numbers.cosignature.draw(rng)


def _write_something_else(walk: Walk) -> None:
    """Sign another kind of document, which does not make up for the note."""
    journey = walk.journey
    if not walk.is_story("wrong_type_note"):
        return
    started = journey.ended_at + 300
    identifier = f"D-{journey.index:07d}-9"
    paper = Document(identifier, journey.provider, started, OTHER)
    paper.signed_at = started + 120
    journey.documents.append(paper)


def _append(walk: Walk) -> None:
    """Add to a note that was complete; the addition has to be signed, too."""
    journey, numbers = walk.journey, walk.numbers
    is_open = walk.is_story("addendum_unsigned")
    is_signed = walk.has("addendum_signed") and not walk.story
    done = complete_at(walk)
    if done == NEVER or not (is_open or is_signed):
        return
    rng = walk.dice("addendum_unsigned" if is_open else "addendum_signed")
    note = [one for one in journey.documents if one.kind == NOTE][-1]
    started = done + numbers.addendum_start.draw(rng)
    addendum = Document(
        f"D-{journey.index:07d}-5",
        note.author,
        started,
        ADDENDUM,
        appends_id=note.document_id,
    )
    if is_signed:
        addendum.signed_at = started + numbers.addendum_signature.draw(rng)
    journey.documents.append(addendum)


def _edit_before_claim(walk: Walk) -> None:
    if _is_edited(walk) and not _is_edited_late(walk):
        edit(walk, complete_at(walk))


def edit_after_submission(walk: Walk, submitted_at: int) -> None:
    """Open a note again whose claim has gone, now and then."""
    if _is_edited(walk) and _is_edited_late(walk):
        edit(walk, submitted_at)


def edit(walk: Walk, after: int) -> None:
    """Open the note again some time after, and sign it again."""
    rng = walk.dice("note_edited")
    note = [one for one in walk.journey.documents if one.kind == NOTE][-1]
    begun = after + walk.numbers.edit_start.draw(rng)
    note.edits.append((begun, begun + walk.numbers.edit_signature.draw(rng)))


def _is_edited(walk: Walk) -> bool:
    is_plain = not walk.story and not walk.has("addendum_signed")
    # A flat extract shows the last signature only; nobody could tell of the first.
    is_kept = walk.journey.facility.system != CSV
    needs_one = walk.journey.cosigner is None and is_kept
    return (
        walk.has("note_edited") and is_plain and needs_one and complete_at(walk) < NEVER
    )


def _is_edited_late(walk: Walk) -> bool:
    rng = walk.dice("note_edited_late")
    return rng.random() < walk.numbers.edited_after_submission_share
