"""Which files arrive in the landing folder, and how often.

Sends each journey to the observers of its facility's system and packs what they
saw. Late, double and overlapping deliveries are switched on here. Where senders
deliver in two parts, each file goes to the part in whose time it was sent.
"""

import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

import orjson

from orchestration.simulator.aliases import parted_from
from orchestration.simulator.exports import (
    Exports,
    SystemExports,
    directory_records,
    encounter_records,
    patient_records,
)
from orchestration.simulator.hl7v2_files import Hl7v2Feed
from orchestration.simulator.journey import Journey
from orchestration.simulator.observe_fhir_directory import directory_bundle
from orchestration.simulator.observe_x12 import ExchangeWriter
from orchestration.simulator.output import iso_utc
from orchestration.simulator.parts import Parts
from orchestration.simulator.practice import HL7V2, Patient
from orchestration.simulator.runs import DAY
from orchestration.simulator.world import World


class Deliveries:
    """Everything that senders put into the landing folder, or into its two parts."""

    def __init__(self, parts: Parts, scratch: Path, world: World) -> None:
        self._parts = parts
        self._world = world
        self._exports = Exports(parts, world.as_of)
        self._early: SystemExports | None = None
        if "overlapping_export" in world.defects:
            at = world.early_export_at
            name = iso_utc(at)[:10]
            self._early = SystemExports(parts.folder(at), at, name)
        self._messages = Hl7v2Feed(parts, scratch, world)
        self._exchange = ExchangeWriter(parts, scratch, world)

    def add_patient(self, patient: Patient) -> None:
        """Record a patient where the facility's system keeps patients."""
        insurance = self._world.insurance(patient)
        self._exports.add(partial(patient_records, patient, insurance))
        other = parted_from(self._world.aliases(patient))
        if other:
            # Whoever the patient was taken for has the same kind of insurance.
            named = replace(patient, patient_id=other)
            self._exports.add(partial(patient_records, named, insurance.of_another()))
        self._messages.add_patient(patient)

    def add(self, journey: Journey) -> None:
        """Record an encounter in every system that takes part in it."""
        self._exports.add(partial(encounter_records, journey))
        self._exchange.add(journey)
        if journey.facility.system == HL7V2:
            self._messages.add(journey)
        if self._early is not None and self._is_covered_early(journey):
            self._early.write(encounter_records(journey, self._early.at))

    def close(self) -> None:
        """Write the rest: the directory, the exchanged files, what is sent twice."""
        self._exports.add(partial(directory_records, self._world))
        self._exports.close()
        if self._early is not None:
            self._early.close()
        self._messages.close()
        self._exchange.close()
        self._write_places()
        if "duplicate_delivery" in self._world.defects:
            self._deliver_again()

    def _write_places(self) -> None:
        """Write places and payers of FHIR, which never change, once."""
        at = min(self._world.as_of, self._parts.split_at)
        bundle = directory_bundle(self._world.practice, iso_utc(at))
        name = f"{self._parts.export_name(at)}-directory.json"
        target = self._parts.landing / "fhir" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(orjson.dumps(bundle, option=orjson.OPT_INDENT_2))

    def _is_covered_early(self, journey: Journey) -> bool:
        """Tell whether the earlier export, of limited days, reached back so far."""
        days = self._world.parameters.early_export_days_covered
        return journey.scheduled_for >= self._world.early_export_at - days * DAY

    def _deliver_again(self) -> None:
        """Deliver the first file of claims twice; without claims, the payers."""
        landing = self._parts.landing
        candidates = sorted(landing.glob("837/*")) + sorted(
            landing.glob("csv/*-payers.csv")
        )
        original = candidates[0]
        again = original.with_stem(f"{original.stem}-again")
        shutil.copyfile(original, again)
