"""`chartgap run` on files that nobody here wrote, from landing to published page."""

import re
from pathlib import Path
from typing import Any

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


def test_every_encounter_with_a_claim_finds_it_and_its_document(
    sample_dir: Path, tmp_path: Path, run_on: Any
) -> None:
    ran = run_on(sample_dir / "fhir" / "synthea_with_claims", tmp_path)
    assert_every_record_is_accounted_for(ran)
    assert ran.count("select count(*) from marts.fct_encounters") == 4006
    linked = "select count(distinct encounter_key) from marts.bridge_encounters_claims"
    assert ran.count(linked) == 4006
    with_note = (
        "select count(*) from marts.fct_encounters where note_started_at is not null"
    )
    assert ran.count(with_note) == 4006


def test_claims_without_encounters_are_counted_and_kept(
    sample_dir: Path, tmp_path: Path, run_on: Any
) -> None:
    ran = run_on(sample_dir / "x12", tmp_path)
    assert_every_record_is_accounted_for(ran)
    assert ran.count("select count(*) from marts.fct_encounters") == 0
    assert ran.count("select count(*) from marts.fct_claims") > 0
    set_aside = (
        "select set_aside_count from marts.rpt_reconciliation where feed = 'claims'"
    )
    claims = ran.count("select count(*) from marts.fct_claims")
    assert ran.count(set_aside) == claims


def test_everything_at_once_keeps_the_encounters_apart(
    sample_dir: Path, tmp_path: Path, run_on: Any
) -> None:
    """The examples of FHIR bring ten more visits, the HL7 v2 messages six."""
    ran = run_on(sample_dir, tmp_path)
    assert_every_record_is_accounted_for(ran)
    visits = 1215 + 4006 + 10 + 6
    assert ran.count("select count(*) from marts.fct_encounters") == visits
    stages = "select sum(encounter_count) from marts.rpt_stage_counts"
    assert ran.count(stages) == visits
    not_read = "select sum(record_count) from marts.rpt_record_types where not is_read"
    assert ran.count(not_read) > 0
    environment = {"CHARTGAP_DATA_DIR": str(tmp_path), "COLUMNS": "200"}
    status = CliRunner().invoke(app, ["status"], env=environment)
    assert re.search(r"read by no model: .*hl7v2 ORU \d", status.output)
