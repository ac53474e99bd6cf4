"""Papers that a visit needs beside its note: consents, orders and reports.

Who is operated on consents before, a test is ordered before it is done, and what
was taken is reported on before the author signs the note of the visit.
"""

from collections.abc import Iterator

from orchestration.simulator.billing import Charge
from orchestration.simulator.journey import CONSENT, ORDER, REPORT, Document, Journey
from orchestration.simulator.quirks import is_lost
from orchestration.simulator.runs import NEVER
from orchestration.simulator.walk import Walk

_TESTS = frozenset({"81002", "93000", "88305"})
_PATHOLOGY = "88305"
# The one programme that pays for a test only on a signed order.
_ASKS_FOR_ORDERS = "medicare"
# A consent is asked for, and no bill waits for it.
WARNS_ONLY = "DOC-12"
_MINUTE = 60
_NUMBERS = {CONSENT: 3, ORDER: 4, REPORT: 6}
# Requirement, code and missing item of what has to be there.
_RULES = {
    CONSENT: ("R031", WARNS_ONLY, "consent"),
    ORDER: ("R090", "DOC-10", "order"),
    REPORT: ("R032", "DOC-11", "pathology report"),
}


def write_papers(walk: Walk) -> None:
    """Write the papers that the charged lines of the visit need."""
    journey = walk.journey
    missing = {
        CONSENT: walk.is_story("consent_missing"),
        ORDER: walk.is_story("order_missing", "order_unsigned"),
        REPORT: walk.is_story("report_missing"),
    }
    for kind in needed(journey, journey.charges):
        paper = _paper(journey, kind)
        if missing[kind] and not walk.is_story("order_unsigned"):
            continue
        if missing[kind]:
            paper.signed_at = NEVER
        journey.documents.append(paper)


def _paper(journey: Journey, kind: str) -> Document:
    name = f"D-{journey.index:07d}-{_NUMBERS[kind]}"
    since = journey.ended_at if kind == REPORT else journey.arrived_at
    started = since + 10 * _NUMBERS[kind]
    paper = Document(name, journey.provider, started, kind)
    paper.signed_at = started + _MINUTE // 2
    return paper


def needed(journey: Journey, charges: list[Charge]) -> Iterator[str]:
    """Yield the kinds of papers that these lines need."""
    codes = {one.code for one in charges}
    if journey.is_procedure and charges:
        yield CONSENT
    if codes & _TESTS:
        yield ORDER
    if _PATHOLOGY in codes:
        yield REPORT


def lacking_at(journey: Journey, at: int) -> Iterator[tuple[str, str, str]]:
    """Yield requirement, code and missing item of each paper that is not there."""
    if is_lost(journey):
        return
    there = {
        one.kind
        for one in journey.documents
        if one.signed_at <= at or (one.kind == CONSENT and one.started_at <= at)
    }
    for kind in needed(journey, journey.charges_at(at)):
        is_asked = kind != ORDER or journey.patient.payer.payer_type == _ASKS_FOR_ORDERS
        if is_asked and kind not in there:
            yield _RULES[kind]


def holds_bill(walk: Walk) -> bool:
    """Tell whether a paper is missing without which nothing is billed."""
    codes = {code for _, code, _ in lacking_at(walk.journey, NEVER - 1)}
    return bool(codes - {WARNS_ONLY})
