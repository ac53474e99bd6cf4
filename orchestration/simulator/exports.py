"""What EHRs and billing systems that export deliver: whole exports, and changes.

An export is what its systems know at one time. Where the delivery is split there
are two: all that was known at the split, then only the records that are new since
or say something else, as an incremental extract sends them. Both are observed of
one encounter or patient at a time, so that memory does not grow with the practice.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson

from orchestration.simulator.csv_columns import COLUMNS
from orchestration.simulator.fhir_writer import Resource
from orchestration.simulator.insurance import Insurance
from orchestration.simulator.journey import Journey
from orchestration.simulator.observe_csv import (
    CsvRow,
    claim_rows,
    directory_rows,
    encounter_rows,
    patient_rows,
    work_rows,
)
from orchestration.simulator.observe_fhir import observe
from orchestration.simulator.observe_fhir_directory import (
    directory_people,
    patient_resources,
)
from orchestration.simulator.output import ByteFile, Table
from orchestration.simulator.parts import Parts
from orchestration.simulator.practice import CSV, FHIR, HL7V2, Patient
from orchestration.simulator.runs import DAY
from orchestration.simulator.world import World

_COMPRESSED = frozenset({"Encounter", "DocumentReference", "Provenance"})
_DIRECTORY_AGE = 365 * DAY

# A resource as it is written, with its type; or a row with the name of its feed.
Record = tuple[str, bytes] | CsvRow


def encounter_records(journey: Journey, at: int) -> Iterator[Record]:
    """Yield what the systems of the facility know of an encounter at a time."""
    system = journey.facility.system
    if system == CSV:
        yield from encounter_rows(journey, at)
        return
    if system == HL7V2:
        yield from claim_rows(journey, at)
    else:
        yield from map(_written, observe(journey, at))
    yield from work_rows(journey, at)


def patient_records(
    patient: Patient, insurance: Insurance, at: int
) -> Iterator[Record]:
    """Yield what the systems know at a time of who a patient is and who pays."""
    if patient.facility.system == FHIR:
        yield from map(_written, patient_resources(patient, insurance, at))
    else:
        yield from patient_rows(patient, insurance, at)


def directory_records(world: World, at: int) -> Iterator[Record]:
    """Yield people, places and payers as they are known at a time."""
    practice = world.practice
    yield from map(_written, directory_people(practice, world.leave_of, at))
    yield from directory_rows(practice, world.as_of - _DIRECTORY_AGE)


def _written(resource: Resource) -> tuple[str, bytes]:
    data = orjson.dumps(resource, option=orjson.OPT_APPEND_NEWLINE)
    return resource["resourceType"], data


class SystemExports:
    """The files of one export: one per resource type and per flat feed."""

    def __init__(self, landing: Path, at: int, name: str) -> None:
        self.at = at
        self._prefix = landing / "fhir" / name
        self._resources: dict[str, ByteFile] = {}
        self._tables = {
            feed: Table(
                landing / "csv" / f"{name}-{feed}.csv",
                columns.split(","),
                # One feed of the delivery was set up by someone else.
                delimiter=";" if feed == "charges" else ",",
                byte_order_mark=feed == "charges",
            )
            for feed, columns in COLUMNS.items()
        }

    def write(self, records: Iterable[Record]) -> None:
        """Add each record to the file of its kind."""
        for kind, content in records:
            if isinstance(content, bytes):
                self._file(kind).write(content)
            else:
                self._tables[kind].row(content)

    def close(self) -> None:
        """Finish the files."""
        for file in self._resources.values():
            file.close()
        for table in self._tables.values():
            table.close()

    def _file(self, kind: str) -> ByteFile:
        if kind not in self._resources:
            is_compressed = kind in _COMPRESSED
            ending = "ndjson.gz" if is_compressed else "ndjson"
            path = self._prefix.with_name(f"{self._prefix.name}-{kind}.{ending}")
            self._resources[kind] = ByteFile(path, compress=is_compressed)
        return self._resources[kind]


class Exports:
    """The last export of the delivery; where it is split, the one at the split too."""

    def __init__(self, parts: Parts, as_of: int) -> None:
        whole_at = parts.split_at if parts.is_split else as_of
        self._whole = self._at(parts, whole_at)
        self._changes = self._at(parts, as_of) if parts.is_split else None

    def add(self, known_at: Callable[[int], Iterable[Record]]) -> None:
        """Export records that are together; `known_at` tells of them at a time."""
        known = known_at(self._whole.at)
        if self._changes is None:
            self._whole.write(known)
            return
        before = list(known)
        self._whole.write(before)
        told = set(before)
        after = known_at(self._changes.at)
        self._changes.write(record for record in after if record not in told)

    def close(self) -> None:
        """Finish the files."""
        self._whole.close()
        if self._changes is not None:
            self._changes.close()

    @staticmethod
    def _at(parts: Parts, at: int) -> SystemExports:
        return SystemExports(parts.folder(at), at, parts.export_name(at))
