"""What happened, and will happen, to one encounter of the simulated practice.

A journey is the whole life of an encounter as it would go on without end. Who
sees which part of it, and when, is for `truth` and the observers. Times are
whole seconds since 1970 UTC; a step that is never taken has the time NEVER.
"""

from dataclasses import dataclass, field
from typing import Any

from orchestration.simulator.billing import Charge, Claim
from orchestration.simulator.clocks import shown
from orchestration.simulator.insurance import Insurance
from orchestration.simulator.parameters import VisitType
from orchestration.simulator.practice import Facility, Patient, Provider
from orchestration.simulator.runs import NEVER

NOTE, ADDENDUM, OTHER = "note", "addendum", "other"
CONSENT, ORDER, REPORT = "consent", "order", "pathology_report"


@dataclass(slots=True)
class Document:
    """One version of the visit note, an addition to it, or another document.

    `edits` are the times at which a signed version was opened again and signed
    again. `dictated_at` is set while somebody still has to type what was said.
    """

    document_id: str
    author: Provider
    started_at: int
    kind: str = NOTE
    replaces_id: str = ""
    appends_id: str = ""
    signed_at: int = NEVER
    cosigned_at: int = NEVER
    replaced_at: int = NEVER
    is_dictated: bool = False
    has_signature_time: bool = True
    edits: list[tuple[int, int]] = field(default_factory=list)

    def open_edit_at(self, at: int) -> int:
        """Return when the edit began that is open at a time, else NEVER."""
        return next((begun for begun, done in self.edits if begun <= at < done), NEVER)

    @property
    def last_signed_at(self) -> int:
        """When its author signed it for the last time."""
        return max([self.signed_at, *(done for _, done in self.edits)])


@dataclass(frozen=True, slots=True)
class Hold:
    """A span of time in which something keeps the bill back."""

    hold_id: str
    hold_type: str
    reason: str
    started_at: int
    ended_at: int = NEVER


@dataclass(frozen=True, slots=True)
class CodingTask:
    """A coder's work on a visit."""

    coding_id: str
    started_at: int
    completed_at: int = NEVER


@dataclass(frozen=True, slots=True)
class Query:
    """A coder's question to the provider."""

    query_id: str
    opened_at: int
    answered_at: int = NEVER
    closed_at: int = NEVER


@dataclass(slots=True)
class Journey:
    """The life of one encounter, from booking to payment."""

    index: int
    patient: Patient
    provider: Provider
    visit_type: VisitType
    diagnosis_code: str
    scheduled_for: int
    booked_at: int
    insurance: Insurance
    aliases: tuple[tuple[int, str], ...] = ()
    quirks: frozenset[str] = frozenset()
    has_naive_times: bool = False
    leave: tuple[int, int] = (NEVER, NEVER)
    is_author_away: bool = False
    is_acknowledged: bool = False
    has_diagnosis: bool = True
    is_walk_in: bool = False
    is_appointment_left_open: bool = False
    moved_at: int = NEVER
    first_planned_for: int = NEVER
    cancelled_at: int = NEVER
    noshow_at: int = NEVER
    arrived_at: int = NEVER
    started_at: int = NEVER
    ended_at: int = NEVER
    documents: list[Document] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    coding: CodingTask | None = None
    query: Query | None = None
    holds: list[Hold] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    usual_response_seconds: int = NEVER
    plausible_visit_seconds: int = NEVER
    # What was read off the finished journey, by what it is and for which time.
    memory: dict[tuple[str, int], Any] = field(default_factory=dict, repr=False)

    @property
    def encounter_id(self) -> str:
        """The identifier of the encounter, unique across all systems."""
        return f"E-{self.index:07d}"

    @property
    def appointment_id(self) -> str:
        """The identifier of its appointment."""
        return f"A-{self.index:07d}"

    @property
    def facility(self) -> Facility:
        """Where the visit takes place."""
        return self.patient.facility

    @property
    def cosigner(self) -> Provider | None:
        """Who has to sign the note after its author, if anyone."""
        return self.provider.supervisor

    @property
    def planned_end(self) -> int:
        """When the visit was to end."""
        return self.scheduled_for + 60 * self.visit_type.minutes

    def patient_id_at(self, at: int) -> str:
        """Return under which number the patient stood at a time."""
        known = [name for since, name in self.aliases if since <= at]
        return known[-1] if known else self.patient.patient_id

    def planned_for_at(self, at: int) -> int:
        """Return for when it was planned at a time; the plan may have moved since."""
        return (
            self.first_planned_for if at < self.moved_at < NEVER else self.scheduled_for
        )

    @property
    def service_date(self) -> str:
        """The ISO date of the visit on the facility's calendar."""
        when = self.started_at if self.started_at < NEVER else self.scheduled_for
        return shown(when, self.facility.zone)[0]

    @property
    def is_procedure(self) -> bool:
        """Whether what was done is the visit, so that its note reports on that."""
        return self.visit_type.code == "procedure"

    @property
    def recording_seconds(self) -> int:
        """How long its system takes to write an act down."""
        return 2 + self.index % 23

    @property
    def claim_created_at(self) -> int:
        """When the first claim for it was made; reports are no claims."""
        made = (one.created_at for one in self.claims if not one.is_report)
        return min(made, default=NEVER)

    @property
    def claim_submitted_at(self) -> int:
        """When the first claim for it was filed."""
        filed = (one.filed_at for one in self.claims if not one.is_report)
        return min(filed, default=NEVER)

    @property
    def reported_at(self) -> int:
        """When it was reported to a plan that pays by the head."""
        filed = (one.filed_at for one in self.claims if one.is_report)
        return min(filed, default=NEVER)

    @property
    def notes(self) -> list[Document]:
        """The versions of the note, oldest first."""
        return [document for document in self.documents if document.kind == NOTE]

    def documents_at(self, at: int) -> list[Document]:
        """Return all documents that exist at a time, oldest first."""
        return [document for document in self.documents if document.started_at <= at]

    def notes_at(self, at: int) -> list[Document]:
        """Return the versions of the note that exist at a time, oldest first."""
        return [one for one in self.notes if one.started_at <= at]

    def charges_at(self, at: int) -> list[Charge]:
        """Return the charge lines that count at a time."""
        return [charge for charge in self.charges if charge.stands_at(at)]
