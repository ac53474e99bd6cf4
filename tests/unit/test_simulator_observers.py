"""What the simulated systems record is true, and only what they could know."""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from orchestration.simulator.parameters import parse_defects
from orchestration.simulator.simulate import SimulationResult, simulate
from tests.unit.conftest import PLAIN_DEFECTS

ENCOUNTERS = 2000
SEED = 5


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> SimulationResult:
    out = tmp_path_factory.mktemp("simulated")
    defects = parse_defects(PLAIN_DEFECTS)
    return simulate(out, encounters=ENCOUNTERS, seed=SEED, defects=defects)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        delimiter = ";" if "-charges" in path.name else ","
        return list(csv.DictReader(stream, delimiter=delimiter))


def truth_of(result: SimulationResult) -> dict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(result.truth / "milestones.csv"):
        found[row["encounter_id"]][row["milestone"]] = row["at"]
    return found


def resources(result: SimulationResult, pattern: str) -> Iterator[dict[str, Any]]:
    for path in sorted(result.landing.glob(f"fhir/{pattern}")):
        data = path.read_bytes()
        if path.suffix == ".json":
            for entry in orjson.loads(data)["entry"]:
                yield entry["resource"]
            continue
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        for line in text.splitlines():
            yield orjson.loads(line)


def utc(local_text: str) -> str:
    return datetime.fromisoformat(local_text).astimezone(UTC).isoformat()[:19] + "Z"


# FHIR.


def test_every_fhir_reference_resolves(written: SimulationResult) -> None:
    known: set[str] = set()
    wanted: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, dict):
            target = value.get("reference")
            if isinstance(target, str):
                wanted.add("/".join(target.split("/")[-2:]))
            for part in value.values():
                collect(part)
        elif isinstance(value, list):
            for part in value:
                collect(part)

    for resource in resources(written, "*"):
        known.add(f"{resource['resourceType']}/{resource['id']}")
        collect(resource)

    assert len(wanted) > 1000
    assert wanted <= known


def test_an_export_holds_each_resource_once(written: SimulationResult) -> None:
    for prefix in ("2026-10-31", "2026-10-01"):
        names = Counter(
            (resource["resourceType"], resource["id"])
            for resource in resources(written, f"{prefix}-*")
        )
        assert set(names.values()) == {1}


def test_the_earlier_export_holds_older_versions(written: SimulationResult) -> None:
    final = {one["id"]: one for one in resources(written, "2026-10-31-Encounter*")}
    early = {one["id"]: one for one in resources(written, "2026-10-01-Encounter*")}
    older = [
        one
        for identifier, one in early.items()
        if int(one["meta"]["versionId"]) < int(final[identifier]["meta"]["versionId"])
    ]

    assert older
    assert {one["status"] for one in older} >= {"planned"}
    for one in early.values():
        newer = final[one["id"]]["meta"]
        assert utc(one["meta"]["lastUpdated"]) <= utc(newer["lastUpdated"])
        assert utc(one["meta"]["lastUpdated"]) <= "2026-10-01T12:00:00Z"


def is_note(resource: Any) -> bool:
    """Tell whether a document is a note, and no paper beside it."""
    code: str = resource["type"]["coding"][0]["code"]
    return code in {"11506-3", "28570-0"}


def test_fhir_signatures_and_charges_are_the_true_ones(
    written: SimulationResult,
) -> None:
    truth = truth_of(written)
    encounter_of = {
        one["id"]: one["context"]["encounter"][0]["reference"].rsplit("/", 1)[1]
        for one in resources(written, "2026-10-31-DocumentReference*")
        if is_note(one)
    }
    signed: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in resources(written, "2026-10-31-Provenance*"):
        document = one["target"][0]["reference"].split("/")[1]
        if document not in encounter_of:
            continue
        signature = one["signature"][0]
        code = signature["type"][0]["code"].rsplit(".", 1)[1]
        signed[encounter_of[document], code].append(utc(signature["when"]))
    entered: defaultdict[str, list[str]] = defaultdict(list)
    for one in resources(written, "2026-10-31-ChargeItem*"):
        visit = one["context"]["reference"].rsplit("/", 1)[1]
        entered[visit].append(utc(one["enteredDate"]))

    assert signed
    for one in resources(written, "2026-10-31-Encounter*"):
        visit, reached = one["id"], truth[one["id"]]
        authors = signed.get((visit, "1"), [])
        assert reached.get("author_signed_at") == min(authors, default=None)
        cosigners = signed.get((visit, "5"), [])
        assert reached.get("cosigned_at") == max(cosigners, default=None)
        lines = entered.get(visit, [])
        assert reached.get("charge_first_at") == min(lines, default=None)
        assert reached.get("charges_complete_at") == max(lines, default=None)


def test_the_date_of_a_document_reference_is_not_its_signature(
    written: SimulationResult,
) -> None:
    truth = truth_of(written)
    for one in resources(written, "2026-10-31-DocumentReference*"):
        visit = one["context"]["encounter"][0]["reference"].rsplit("/", 1)[1]
        reached = truth[visit]
        if not is_note(one):
            continue
        assert utc(one["date"]) != reached.get("author_signed_at")
        if "relatesTo" not in one:
            made = datetime.fromisoformat(one["date"])
            started = datetime.fromisoformat(reached["note_started_at"])
            assert timedelta() <= made - started < timedelta(minutes=1)


# CSV.


def test_csv_times_are_the_true_ones(written: SimulationResult) -> None:
    truth = truth_of(written)
    folder = written.landing / "csv"
    documents: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder / "2026-10-31-documents.csv"):
        if row["document_type"].endswith("_note"):
            documents[row["encounter_id"]].append(row)
    charges: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows(folder / "2026-10-31-charges.csv"):
        charges[row["encounter_id"]].append(row["entered_at"])

    visits = rows(folder / "2026-10-31-encounters.csv")
    for row in visits:
        visit = row["encounter_id"]
        reached, notes = truth[visit], documents.get(visit, [])
        assert row["arrived_at"] == reached.get("arrived_at", "")
        assert row["ended_at"] == reached.get("service_end_at", "")
        signed = [note["signed_at"] for note in notes if note["signed_at"]]
        assert min(signed, default=None) == reached.get("author_signed_at")
        lines = charges.get(visit, [])
        assert max(lines, default=None) == reached.get("charges_complete_at")
    assert len(visits) > 500


def test_a_replaced_document_is_superseded_by_one_that_names_it(
    written: SimulationResult,
) -> None:
    notes = rows(written.landing / "csv" / "2026-10-31-documents.csv")
    superseded = {
        note["document_id"] for note in notes if note["status"] == "superseded"
    }
    named = {note["replaces_document_id"] for note in notes} - {""}

    assert superseded == named
    assert superseded
