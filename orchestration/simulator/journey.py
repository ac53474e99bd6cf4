"""What happened, and will happen, to one encounter of the simulated practice.

A journey is the whole life of an encounter as it would go on without end. Who
sees which part of it, and when, is for `truth` and the observers. Times are
whole seconds since 1970 UTC; a step that is never taken has the time NEVER.
"""

from dataclasses import dataclass, field
from datetime import datetime

from orchestration.simulator.parameters import VisitType
from orchestration.simulator.practice import Facility, Patient, Provider

NEVER = 253_402_300_799


@dataclass(slots=True)
class Document:
    """One version of the visit note."""

    document_id: str
    started_at: int
    replaces_id: str = ""
    signed_at: int = NEVER
    cosigned_at: int = NEVER
    replaced_at: int = NEVER


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge line; money is US cents."""

    charge_id: str
    code: str
    modifier: str
    units: int
    amount_cents: int
    entered_at: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Money that a payer takes off a line, with group and reason code."""

    group: str
    reason: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What a payer decided for one charge line: charge = paid + adjustments."""

    charge: Charge
    paid_cents: int
    adjustments: tuple[Adjustment, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The one answer of a payer to a claim, on the day when it also pays."""

    decided_at: int
    is_denied: bool
    is_about_documentation: bool
    lines: tuple[LineDecision, ...]

    @property
    def paid_cents(self) -> int:
        """What the payer pays for the claim."""
        return sum(line.paid_cents for line in self.lines)


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
    cancelled_at: int = NEVER
    noshow_at: int = NEVER
    arrived_at: int = NEVER
    started_at: int = NEVER
    ended_at: int = NEVER
    documents: list[Document] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    claim_created_at: int = NEVER
    claim_submitted_at: int = NEVER
    decision: Decision | None = None

    @property
    def encounter_id(self) -> str:
        """The identifier of the encounter, unique across both systems."""
        return f"E-{self.index:07d}"

    @property
    def claim_id(self) -> str:
        """The identifier of its claim in the billing records."""
        return f"C-{self.index:07d}"

    @property
    def patient_control_number(self) -> str:
        """The identifier of its claim in X12, at most 20 characters."""
        return f"P{self.index:07d}"

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

    @property
    def amount_cents(self) -> int:
        """What is charged for the visit."""
        return sum(charge.amount_cents for charge in self.charges)

    @property
    def service_date(self) -> str:
        """The ISO date of the visit on the facility's calendar."""
        started = datetime.fromtimestamp(self.started_at, self.facility.zone)
        return started.date().isoformat()

    @property
    def recording_seconds(self) -> int:
        """How long its system takes to write an act down."""
        return 2 + self.index % 23

    def documents_at(self, at: int) -> list[Document]:
        """Return the versions of the note that exist at a time, oldest first."""
        return [document for document in self.documents if document.started_at <= at]

    def charges_at(self, at: int) -> list[Charge]:
        """Return the charge lines that are entered by a time."""
        return [charge for charge in self.charges if charge.entered_at <= at]
