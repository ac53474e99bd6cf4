"""The practice that the simulated visits happen in: places, people, payers.

Everything is derived from the seed and invented: names say that they are tests,
and provider numbers start with 9, which is never given out. What happens to a
visit is in `world`.
"""

from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from orchestration.simulator.parameters import Delay, Parameters, dice

FHIR = "fhir"
CSV = "csv"
HL7V2 = "hl7v2"
PRACTICE_NAME = "TESTPRACTICE GROUP"


@dataclass(frozen=True)
class Facility:
    """One site: its zone, which system records it and how busy each weekday is."""

    number: int
    facility_id: str
    name: str
    zone_name: str
    zone: ZoneInfo
    system: str
    weekday_weights: tuple[float, ...]
    opening_hour: int
    closing_hour: int
    has_nurse: bool


@dataclass(frozen=True)
class Provider:
    """One person who sees patients, with own signing habits."""

    number: int
    provider_id: str
    npi: str
    name: str
    specialty: str
    role: str
    facility: Facility
    weight: float
    same_day_share: float
    later_signature: Delay
    supervisor: "Provider | None"


@dataclass(frozen=True)
class Payer:
    """One payer: what share of a price it allows and when it pays."""

    number: int
    name: str
    payer_type: str
    filing_indicator: str
    allowed_share: float
    run_weekdays: tuple[int, ...]

    @property
    def is_patient(self) -> bool:
        """Whether patients pay themselves, on a statement and without a claim."""
        return self.payer_type == _SELF_PAY

    @property
    def fhir_id(self) -> str:
        """Its identifier in the system that exports FHIR."""
        return f"org-payer-{self.number}"

    @property
    def csv_id(self) -> str:
        """Its identifier in the flat extracts."""
        return f"PAY{self.number:02d}"

    @property
    def x12_id(self) -> str:
        """Its identifier in claims and remittances."""
        return f"TESTPAYER{self.number}"


@dataclass(frozen=True)
class Patient:
    """One invented person, at home in one facility and insured by one payer."""

    number: int
    patient_id: str
    facility: Facility
    payer: Payer
    birth_date: str
    luck: float


@dataclass(frozen=True)
class Practice:
    """All sites, people and payers of one seed."""

    seed: int
    npi: str
    facilities: tuple[Facility, ...]
    providers: tuple[Provider, ...]
    payers: tuple[Payer, ...]
    patient_payer: Payer

    @property
    def all_payers(self) -> tuple[Payer, ...]:
        """Return whoever pays, patients among them."""
        return (*self.payers, self.patient_payer)

    def staff_of(self, facility: Facility) -> tuple[Provider, ...]:
        """Return the people who work in a facility."""
        start = _STAFF_PER_FACILITY * (facility.number - 1)
        return self.providers[start : start + _STAFF_PER_FACILITY]

    def student_of(self, facility: Facility) -> Provider:
        """Return the student who writes notes in a facility and sees nobody alone."""
        staff = _STAFF_PER_FACILITY * len(self.facilities)
        return self.providers[staff + facility.number - 1]

    def patient(self, number: int) -> Patient:
        """Return patient `number`; the same for a seed whoever else there is."""
        rng = dice(self.seed, "patient", number)
        facility = rng.choice(self.facilities)
        payer = rng.choice(self.payers)
        born = f"{rng.randrange(1935, 2008)}-{rng.randrange(1, 13):02d}-15"
        luck = rng.random()
        return Patient(number, f"PT-{number:07d}", facility, payer, born, luck)


_SITES = (
    ("East", "America/New_York", FHIR, (1, 1, 1, 1, 0.8, 0.2, 0), 8, 17, True),
    ("Lake", "America/Chicago", CSV, (1, 1, 0.9, 1, 0.9, 0, 0), 8, 17, True),
    ("Mountain", "America/Denver", HL7V2, (0.9, 1, 1, 1, 0.7, 0, 0), 7, 16, False),
    ("Desert", "America/Phoenix", CSV, (1, 1, 1, 1, 1, 0.3, 0), 7, 15, True),
    ("Coast", "America/Los_Angeles", FHIR, (1, 0.9, 1, 0.9, 0.8, 0, 0), 9, 18, True),
    ("Island", "Pacific/Honolulu", HL7V2, (1, 1, 1, 1, 0.6, 0, 0), 8, 16, False),
)
_PAYERS = (
    ("TESTPAYER NORTH", "commercial", "CI", 0.72, (1, 4)),
    ("TESTPAYER SOUTH", "commercial", "CI", 0.66, (2,)),
    ("TESTPAYER FEDERAL", "medicare", "MB", 0.55, (0, 3)),
    ("TESTPAYER STATE", "medicaid", "MC", 0.48, (4,)),
    ("TESTPAYER MUTUAL", "commercial", "CI", 0.80, (3,)),
)
_SELF_PAY = "self_pay"
_SPECIALTIES = ("family medicine", "internal medicine", "orthopedics", "dermatology")
_FACILITIES_WITH_TRAINEE = 4
_STAFF_PER_FACILITY = 4


def build_practice(seed: int, parameters: Parameters) -> Practice:
    """Return the practice of a seed: 6 facilities, 30 people, 5 payers."""
    facilities = tuple(
        Facility(
            number=number,
            facility_id=f"F{number}",
            name=f"Testclinic {name}",
            zone_name=zone,
            zone=ZoneInfo(zone),
            system=system,
            weekday_weights=weights,
            opening_hour=opening,
            closing_hour=closing,
            has_nurse=nurse,
        )
        for number, (name, zone, system, weights, opening, closing, nurse) in enumerate(
            _SITES, start=1
        )
    )
    providers: list[Provider] = []
    for facility in facilities:
        providers += _staff(seed, parameters, facility)
    providers += [_student(facility) for facility in facilities]
    payers = tuple(Payer(number, *row) for number, row in enumerate(_PAYERS, start=1))
    patient_payer = Payer(len(payers) + 1, "TESTPATIENT PAYS", _SELF_PAY, "", 1.0, (0,))
    npi = made_up_npi(0)
    return Practice(seed, npi, facilities, tuple(providers), payers, patient_payer)


def _staff(seed: int, parameters: Parameters, facility: Facility) -> list[Provider]:
    """Four per facility: two independent, a third or a trainee, a fourth or a nurse."""
    has_trainee = facility.number <= _FACILITIES_WITH_TRAINEE
    third = "trainee" if has_trainee else "physician"
    fourth = "nurse" if facility.has_nurse else "physician"
    staff: list[Provider] = []
    for place, role in enumerate(("physician", "physician", third, fourth)):
        number = _STAFF_PER_FACILITY * (facility.number - 1) + place + 1
        rng = dice(seed, "provider", number)
        staff.append(
            Provider(
                number=number,
                provider_id=f"PR{number:02d}",
                npi=made_up_npi(number),
                name=f"Testprovider A{number:02d}",
                specialty="nursing" if role == "nurse" else rng.choice(_SPECIALTIES),
                role=role,
                facility=facility,
                weight=0.6 if role == "trainee" else rng.uniform(0.7, 1.3),
                same_day_share=rng.uniform(*parameters.provider_same_day_share),
                later_signature=_later_signature(rng, parameters),
                supervisor=staff[0] if role == "trainee" else None,
            )
        )
    return staff


def _student(facility: Facility) -> Provider:
    number = _STAFF_PER_FACILITY * len(_SITES) + facility.number
    return Provider(
        number=number,
        provider_id=f"PR{number:02d}",
        npi=made_up_npi(number),
        name=f"Testprovider A{number:02d}",
        specialty="student",
        role="student",
        facility=facility,
        weight=0.0,
        same_day_share=0.0,
        later_signature=Delay(1, 0, 1),
        supervisor=None,
    )


def _later_signature(rng: Random, parameters: Parameters) -> Delay:
    return Delay(
        rng.uniform(*parameters.provider_later_median_hours),
        rng.uniform(*parameters.provider_later_sigma),
        parameters.signature_max_hours,
    )


def made_up_npi(number: int) -> str:
    """Return a ten-digit provider number with a right check digit.

    Real ones start with 1 or 2; the check digit is Luhn over 80840 and nine digits.
    """
    body = f"{999_000_000 + number}"
    total = 0
    for place, digit in enumerate(reversed("80840" + body)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled // 10 + doubled % 10
    return f"{body}{-total % 10}"
