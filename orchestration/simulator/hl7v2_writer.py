"""Writes HL7 v2 segments and messages in the words of one sending system.

Knows syntax, the clock of the sender and how people are named; what a message
tells is its caller's. Times are on the facility's clocks, with their offset or
as the clocks show them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.simulator.clocks import offset_text, shown
from orchestration.simulator.practice import Facility, Patient, Provider

SEPARATORS = "^~\\&"
NPI_AUTHORITY = "&2.16.840.1.113883.4.6&ISO"
_STRUCTURES = {
    "A01": "ADT_A01",
    "A03": "ADT_A03",
    "A04": "ADT_A01",
    "A05": "ADT_A05",
    "A08": "ADT_A01",
    "A11": "ADT_A09",
    "A13": "ADT_A01",
    "A23": "ADT_A21",
    "A37": "ADT_A37",
    "A38": "ADT_A38",
    "A40": "ADT_A39",
    "A42": "ADT_A39",
    "A45": "ADT_A45",
    "P03": "DFT_P03",
}


@dataclass(frozen=True)
class Sender:
    """One system that sends messages for one facility."""

    facility: Facility
    has_offsets: bool

    def time(self, at: int) -> str:
        """Return a time as this system writes it."""
        zone = self.facility.zone
        day, time = shown(at, zone)
        digits = day.replace("-", "") + time.replace(":", "")
        if not self.has_offsets:
            return digits
        return digits + offset_text(at, zone).replace(":", "")

    def message(
        self, kind: str, event: str, sent_at: int, control_id: str, body: Sequence[str]
    ) -> str:
        """Return a whole message: its header, then the segments of its body."""
        structure = _STRUCTURES.get(event, f"{kind}_{event}")
        header = (
            f"MSH|{SEPARATORS}|TESTEHR|{self.facility.facility_id}|CHARTGAP|TEST|"
            f"{self.time(sent_at)}||{kind}^{event}^{structure}|{control_id}|P|2.5.1"
        )
        return "\r".join((header, *body)) + "\r"


def segment(name: str, fields: dict[int, str]) -> str:
    """Return a segment from its fields by number; those in between are empty."""
    parts = [name, *([""] * max(fields))]
    for number, text in fields.items():
        parts[number] = text
    return "|".join(parts)


def person(provider: Provider, signed_at: str = "") -> str:
    """Return a person as HL7 v2 names one (XCN), with a time where they signed."""
    given, family = provider.name.split()
    parts = (provider.npi, family, given, *[""] * 5, NPI_AUTHORITY, "", "", "", "NPI")
    text = "^".join(parts)
    return f"{text}^^{signed_at}" if signed_at else text


def numbered(patient_id: str) -> str:
    """Return the number of a patient with who gave it (CX)."""
    return f"{patient_id}^^^TESTEHR^MR"


def patient_segment(patient: Patient, patient_id: str) -> str:
    """Return who the message is about, under one of their numbers (PID)."""
    born = patient.birth_date.replace("-", "")
    fields = {
        1: "1",
        3: numbered(patient_id),
        5: f"N{patient.number:07d}^TESTPATIENT",
        7: born,
        8: "U",
    }
    return segment("PID", fields)
