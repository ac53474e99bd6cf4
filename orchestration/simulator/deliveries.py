"""Which files arrive in the landing folder, and how often.

Sends each journey to the observers of its facility's system and packs what they
saw. Late, double and overlapping deliveries are switched on here.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import orjson

from orchestration.simulator.aliases import parted_from
from orchestration.simulator.fhir_writer import Resource
from orchestration.simulator.hl7v2_files import Hl7v2Feed
from orchestration.simulator.insurance import Insurance
from orchestration.simulator.journey import Journey
from orchestration.simulator.observe_csv import CsvExtract
from orchestration.simulator.observe_fhir import observe
from orchestration.simulator.observe_fhir_directory import (
    directory_bundle,
    directory_people,
    patient_resources,
)
from orchestration.simulator.observe_x12 import ExchangeWriter
from orchestration.simulator.output import ByteFile, iso_utc
from orchestration.simulator.practice import CSV, FHIR, HL7V2, Patient
from orchestration.simulator.runs import DAY
from orchestration.simulator.world import World

_COMPRESSED = frozenset({"Encounter", "DocumentReference", "Provenance"})


class FhirExport:
    """One bulk export: a file per resource type, some of them compressed."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder = folder
        self._prefix = prefix
        self._files: dict[str, ByteFile] = {}

    def write(self, resource: Resource) -> None:
        """Add a resource to the file of its type."""
        kind = resource["resourceType"]
        if kind not in self._files:
            is_compressed = kind in _COMPRESSED
            ending = "ndjson.gz" if is_compressed else "ndjson"
            path = self._folder / f"{self._prefix}-{kind}.{ending}"
            self._files[kind] = ByteFile(path, compress=is_compressed)
        line = orjson.dumps(resource, option=orjson.OPT_APPEND_NEWLINE)
        self._files[kind].write(line)

    def close(self) -> None:
        """Finish the files."""
        for file in self._files.values():
            file.close()


class SystemExports:
    """What EHRs and billing systems that export deliver as of one time."""

    def __init__(self, landing: Path, at: int) -> None:
        day = iso_utc(at)[:10]
        self.at = at
        self.fhir = FhirExport(landing / "fhir", day)
        self.csv = CsvExtract(landing / "csv", day, at)

    def add(self, journey: Journey) -> None:
        """Let the systems of the facility export what they know of the encounter."""
        system = journey.facility.system
        if system == CSV:
            self.csv.add(journey)
            return
        if system == HL7V2:
            self.csv.add_claims(journey)
        else:
            for resource in observe(journey, self.at):
                self.fhir.write(resource)
        self.csv.add_work(journey)

    def add_patient(self, patient: Patient, insurance: Insurance) -> None:
        """Let the systems of the facility export who the patient is and who pays."""
        if patient.facility.system == FHIR:
            for resource in patient_resources(patient, insurance, self.at):
                self.fhir.write(resource)
        else:
            self.csv.add_patient(patient, insurance)

    def close(self) -> None:
        """Finish the files."""
        self.fhir.close()
        self.csv.close()


class Deliveries:
    """Everything that senders put into one landing folder."""

    def __init__(self, landing: Path, scratch: Path, world: World) -> None:
        self._landing = landing
        self._world = world
        self._final = SystemExports(landing, world.as_of)
        self._early: SystemExports | None = None
        if "overlapping_export" in world.defects:
            self._early = SystemExports(landing, world.early_export_at)
        self._messages = Hl7v2Feed(landing, scratch, world)
        self._exchange = ExchangeWriter(landing, scratch, world)

    def add_patient(self, patient: Patient) -> None:
        """Record a patient where the facility's system keeps patients."""
        insurance = self._world.insurance(patient)
        self._final.add_patient(patient, insurance)
        other = parted_from(self._world.aliases(patient))
        if other:
            # Whoever the patient was taken for has the same kind of insurance.
            named = replace(patient, patient_id=other)
            self._final.add_patient(named, insurance.of_another())
        self._messages.add_patient(patient)

    def add(self, journey: Journey) -> None:
        """Record an encounter in every system that takes part in it."""
        self._final.add(journey)
        self._exchange.add(journey)
        if journey.facility.system == HL7V2:
            self._messages.add(journey)
        if self._early is not None and self._is_covered_early(journey):
            self._early.add(journey)

    def close(self) -> None:
        """Write the rest: the directory, the exchanged files, what is sent twice."""
        practice, as_of = self._world.practice, self._world.as_of
        for resource in directory_people(practice, self._world.leave_of, as_of):
            self._final.fhir.write(resource)
        self._final.csv.add_directory(practice, as_of - 365 * DAY)
        self._final.close()
        if self._early is not None:
            self._early.close()
        self._messages.close()
        self._exchange.close()
        bundle = directory_bundle(practice, iso_utc(as_of))
        target = self._landing / "fhir" / f"{iso_utc(as_of)[:10]}-directory.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(orjson.dumps(bundle, option=orjson.OPT_INDENT_2))
        if "duplicate_delivery" in self._world.defects:
            self._deliver_again()

    def _is_covered_early(self, journey: Journey) -> bool:
        """Tell whether the earlier export, of limited days, reached back so far."""
        days = self._world.parameters.early_export_days_covered
        return journey.scheduled_for >= self._world.early_export_at - days * DAY

    def _deliver_again(self) -> None:
        """Deliver the first file of claims twice; without claims, the payers."""
        candidates = sorted(self._landing.glob("837/*")) + sorted(
            self._landing.glob("csv/*-payers.csv")
        )
        original = candidates[0]
        again = original.with_stem(f"{original.stem}-again")
        shutil.copyfile(original, again)
