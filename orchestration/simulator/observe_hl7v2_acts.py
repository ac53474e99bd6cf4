"""What an EHR that sends HL7 v2 messages says of notes and charges.

Each change of a document is a message of its own, and so is each session in which
somebody posts charges or takes them back.
"""

from collections.abc import Iterable, Iterator

from orchestration.simulator.billing import Charge
from orchestration.simulator.hl7v2_teller import Message, Teller
from orchestration.simulator.hl7v2_writer import person, segment
from orchestration.simulator.journey import (
    CONSENT,
    NOTE,
    ORDER,
    OTHER,
    REPORT,
    Document,
)
from orchestration.simulator.runs import NEVER

PROGRESS_NOTE, PROCEDURE_NOTE = "PR", "PN"
PAPERS = {OTHER: "TS", CONSENT: "CONSENT", ORDER: "ORDER", REPORT: "SP"}
_DICTATED, _IN_PROGRESS, _AUTHENTICATED, _LEGAL = "DI", "IP", "AU", "LA"
_SESSION_SECONDS = 60

# When, which kind of transaction, which line.
Act = tuple[int, str, Charge]


def note_messages(teller: Teller) -> Iterator[Message]:
    """Yield what was told of all documents of the encounter."""
    for document in teller.journey.documents_at(teller.at):
        yield from _document(teller, document)


def _document(teller: Teller, document: Document) -> Iterator[Message]:
    event = "T06" if document.appends_id else "T02"
    event = "T09" if document.replaces_id else event
    status = _DICTATED if document.is_dictated else _IN_PROGRESS
    yield _notice(teller, document, (document.started_at, event, status, ""))
    for change in sorted(_changes(teller, document)):
        if change[0] <= teller.at:
            yield _notice(teller, document, change)


def _changes(teller: Teller, document: Document) -> Iterator[tuple[int, str, str, str]]:
    """Yield time, event, status and signers of each change of a document."""
    journey = teller.journey
    signed, cosigned = document.signed_at, document.cosigned_at
    if signed == NEVER:
        return
    author = person(document.author, teller.time(signed))
    asks_for_second = journey.cosigner is not None and document.kind == NOTE
    yield signed, "T04", _AUTHENTICATED if asks_for_second else _LEGAL, author
    for edited_at, again_at in document.edits:
        again = person(document.author, teller.time(again_at))
        yield edited_at, "T08", _IN_PROGRESS, ""
        yield again_at, "T04", _LEGAL, again
    if cosigned < NEVER:
        second = person(journey.cosigner or journey.provider, teller.time(cosigned))
        yield cosigned, "T04", _LEGAL, f"{author}~{second}"


def _notice(
    teller: Teller,
    document: Document,
    change: tuple[int, str, str, str],
) -> Message:
    when, event, status, signers = change
    journey = teller.journey
    author = document.author
    second = journey.cosigner if document.kind == NOTE else None
    note = PROCEDURE_NOTE if journey.is_procedure else PROGRESS_NOTE
    fields = {
        1: "1",
        2: PAPERS.get(document.kind, note),
        3: "TX",
        4: teller.time(journey.started_at),
        6: teller.time(document.started_at),
        9: person(author),
        10: person(second or author),
        12: document.document_id,
        13: document.replaces_id or document.appends_id,
        17: status,
        19: "AV",
        22: signers,
    }
    body = (teller.event(event, when), teller.patient(when), teller.visit)
    return teller.message("MDM", event, when, *body, segment("TXA", fields))


def charge_messages(teller: Teller) -> Iterator[Message]:
    """Yield what was posted, and taken back, session by session."""
    acts = []
    for line in teller.journey.charges:
        if line.entered_at <= teller.at:
            acts.append((line.entered_at, "CG", line))
        if line.credited_at <= teller.at:
            acts.append((line.credited_at, "CD", line))
    acts.sort(key=lambda act: act[0])
    for session in _sessions(acts):
        yield _posting(teller, session)


def _sessions(acts: Iterable[Act]) -> Iterator[list[Act]]:
    session: list[Act] = []
    for act in acts:
        if session and act[0] - session[-1][0] > _SESSION_SECONDS:
            yield session
            session = []
        session.append(act)
    if session:
        yield session


def _posting(teller: Teller, session: list[Act]) -> Message:
    """Tell of a session when its last line is in."""
    posted_at = session[-1][0]
    lines = [
        _transaction(teller, number, act) for number, act in enumerate(session, start=1)
    ]
    journey = teller.journey
    visit = teller.visit if journey.arrived_at < NEVER else teller.booked
    head = (teller.event("P03", posted_at), teller.patient(posted_at), visit)
    return teller.message("DFT", "P03", posted_at, *head, *lines)


def _transaction(teller: Teller, number: int, act: Act) -> str:
    posted_at, kind, charge = act
    journey = teller.journey
    has_begun = journey.started_at < NEVER
    cared_at = journey.started_at if has_begun else journey.scheduled_for
    fields = {
        1: str(number),
        2: charge.charge_id,
        4: teller.time(cared_at),
        5: teller.time(posted_at),
        6: kind,
        7: charge.code,
        10: str(charge.units),
        11: f"{charge.amount_cents / 100:.2f}",
        20: person(journey.provider),
        25: charge.code,
        26: charge.modifier,
    }
    return segment("FT1", fields)
