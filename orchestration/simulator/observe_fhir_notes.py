"""What an EHR that exports FHIR R4 knows of notes and signatures at one time.

The status of a document is overwritten by each change; the acts of signing are
resources of their own where the system keeps them.
"""

from collections.abc import Iterator

from orchestration.simulator.fhir_writer import (
    Resource,
    encounter_of,
    last_change,
    local,
    meta,
    patient_of,
    practitioner,
    reference,
)
from orchestration.simulator.journey import (
    CONSENT,
    NOTE,
    ORDER,
    OTHER,
    REPORT,
    Document,
    Journey,
)
from orchestration.simulator.practice import Provider
from orchestration.simulator.quirks import mistaken_year
from orchestration.simulator.runs import NEVER

SIGNATURE_SYSTEM = "urn:iso-astm:E1762-95:2013"
AUTHOR_SIGNATURE = "1.2.840.10065.1.12.1.1"
VERIFICATION_SIGNATURE = "1.2.840.10065.1.12.1.5"
PROGRESS_NOTE = {"system": "http://loinc.org", "code": "11506-3"}
PROCEDURE_NOTE = {"system": "http://loinc.org", "code": "28570-0"}
PAPERS = {
    OTHER: {"system": "http://loinc.org", "code": "69730-0"},
    CONSENT: {"system": "http://loinc.org", "code": "59284-0"},
    ORDER: {"system": "urn:chartgap:simulator:document-type", "code": "order"},
    REPORT: {"system": "http://loinc.org", "code": "60570-9"},
}


def note_resources(journey: Journey, at: int) -> Iterator[Resource]:
    """Yield the documents of one encounter and the signatures on them."""
    for document in journey.documents_at(at):
        yield _document_reference(journey, document, at)
        if not document.has_signature_time:
            continue
        signed = [document.signed_at, *(done for _, done in document.edits)]
        for number, when in enumerate(signed, start=1):
            if when <= at:
                name = f"author-{number}" if number > 1 else "author"
                yield _signature(journey, document, (name, document.author, when), at)
        if document.cosigned_at <= at:
            second = journey.cosigner or journey.provider
            act = ("cosigner", second, document.cosigned_at)
            yield _signature(journey, document, act, at)


def _changes(document: Document) -> tuple[int, ...]:
    return (
        document.started_at,
        document.signed_at,
        document.cosigned_at,
        document.replaced_at,
        *(when for edit in document.edits for when in edit),
    )


def _status(document: Document, at: int) -> str:
    if document.signed_at > at or document.open_edit_at(at) < NEVER:
        return "preliminary"
    is_edited = any(done <= at for _, done in document.edits)
    return "amended" if is_edited else "final"


def _document_reference(journey: Journey, document: Document, at: int) -> Resource:
    made_at = min(document.started_at + journey.recording_seconds, at)
    version, changed_at = last_change(at, *_changes(document))
    note = PROCEDURE_NOTE if journey.is_procedure else PROGRESS_NOTE
    code = PAPERS.get(document.kind, note)
    resource: Resource = {
        "resourceType": "DocumentReference",
        "id": document.document_id,
        "meta": meta(journey, version, max(changed_at, made_at)),
        "status": "superseded" if document.replaced_at <= at else "current",
        "docStatus": _status(document, at),
        "type": {"coding": [code]},
        "subject": patient_of(journey),
        "date": local(journey.facility, made_at),
        "author": [practitioner(document.author)],
        "content": [{"attachment": {"contentType": "text/plain"}}],
        "context": {"encounter": [encounter_of(journey.encounter_id)]},
    }
    if journey.cosigner and document.kind == NOTE:
        resource["authenticator"] = practitioner(journey.cosigner)
    relations = (("replaces", document.replaces_id), ("appends", document.appends_id))
    related = [
        {"code": code, "target": reference("DocumentReference", target)}
        for code, target in relations
        if target
    ]
    if related:
        resource["relatesTo"] = related
    return resource


def _signature(
    journey: Journey, document: Document, act: tuple[str, Provider, int], at: int
) -> Resource:
    name, signer, when = act
    who = practitioner(signer)
    recorded_at = min(when + journey.recording_seconds, at)
    signed = local(journey.facility, when)
    if name == "author":
        signed = mistaken_year(journey, document, signed)
    code = VERIFICATION_SIGNATURE if name == "cosigner" else AUTHOR_SIGNATURE
    return {
        "resourceType": "Provenance",
        "id": f"{document.document_id}-{name}",
        "meta": meta(journey, 1, recorded_at),
        "target": [reference("DocumentReference", document.document_id)],
        "recorded": local(journey.facility, recorded_at),
        "agent": [{"who": who}],
        "signature": [
            {
                "type": [{"system": SIGNATURE_SYSTEM, "code": code}],
                "when": signed,
                "who": who,
            }
        ],
    }
