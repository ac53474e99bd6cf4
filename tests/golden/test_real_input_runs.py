"""`chartgap run` on files that nobody here wrote, from landing to published page."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration.cli import app


def assert_every_record_is_accounted_for(ran: Any) -> None:
    assert ran.code == 0, ran.output
    assert "received = " in ran.output
    unbalanced = "select count(*) from marts.rpt_reconciliation where difference <> 0"
    assert ran.count(unbalanced) == 0
    received = ran.count("select sum(received_count) from ops.fct_file_loads")
    assert f"{received:,} received" in ran.output


def test_a_bulk_export_of_ten_patients_has_1215_encounters(
    sample_dir: Path, tmp_path: Path, run_on: Any
) -> None:
    """T12: 1,202 of its notes are superseded; none of them is missing."""
    ran = run_on(sample_dir / "fhir" / "smart_bulk_10", tmp_path)
    assert_every_record_is_accounted_for(ran)
    assert ran.count("select count(*) from marts.fct_encounters") == 1215
    missing = "select count(*) from marts.fct_documentation_gaps where result = "
    assert ran.count(missing + "'not_met'") == 0
    assert ran.count(missing + "'unknown'") == 1215
    in_doubt = "select count(*) from marts.fct_encounters where stage = 'unknown'"
    assert ran.count(in_doubt) == 1215


@pytest.fixture(scope="module")
def everything(
    sample_dir: Path, tmp_path_factory: pytest.TempPathFactory, run_on: Any
) -> Any:
    """Run on all sample files at once."""
    return run_on(sample_dir, tmp_path_factory.mktemp("everything"))


def test_everything_at_once_keeps_the_encounters_apart(everything: Any) -> None:
    """The examples of FHIR bring ten more visits, the HL7 v2 messages six."""
    assert_every_record_is_accounted_for(everything)
    visits = 1215 + 4006 + 10 + 6
    assert everything.count("select count(*) from marts.fct_encounters") == visits
    stages = "select sum(encounter_count) from marts.rpt_stage_counts"
    assert everything.count(stages) == visits


def test_every_encounter_with_a_claim_finds_it_and_its_document(
    everything: Any,
) -> None:
    linked = "select count(distinct encounter_key) from marts.bridge_encounters_claims"
    # One of the examples of FHIR is the claim of another, a visit without a note.
    assert everything.count(linked) == 4006 + 1
    with_note = """
        select count(*) from marts.fct_encounters
        where
            note_started_at is not null
            and encounter_key in (
                select encounter_key from marts.bridge_encounters_claims
            )
    """
    assert everything.count(with_note) == 4006


def test_claims_without_encounters_are_counted_and_kept(everything: Any) -> None:
    """The X12 samples are of practices whose visits are in no file."""
    unlinked = """
        select count(*) from marts.fct_claims
        where claim_key not in (select claim_key from marts.bridge_encounters_claims)
    """
    set_aside = (
        "select set_aside_count from marts.rpt_reconciliation where feed = 'claims'"
    )
    assert everything.count(set_aside) == everything.count(unlinked) > 0


def test_records_that_nothing_reads_are_counted(everything: Any) -> None:
    not_read = "select sum(record_count) from marts.rpt_record_types where not is_read"
    assert everything.count(not_read) > 0
    environment = {"CHARTGAP_DATA_DIR": str(everything.data), "COLUMNS": "200"}
    status = CliRunner().invoke(app, ["status"], env=environment)
    assert re.search(r"read by no model: .*hl7v2 ORU \d", status.output)
