"""What others build on: schemas, marts and columns that keep their names."""

from pathlib import Path

import pytest
import yaml

MARTS = Path(__file__).resolve().parents[2] / "models" / "marts"

COLUMNS = {
    "fct_encounters": """
        encounter_key data_source encounter_id patient_key provider_key facility_key
        payer_key visit_type encounter_class encounter_status service_date
        scheduled_for arrived_at service_start_at service_end_at note_started_at
        author_signed_at cosigned_at documentation_complete_at charge_first_at
        charges_complete_at coded_at billing_ready_at claim_created_at
        claim_submitted_at clearinghouse_accepted_at payer_accepted_at
        first_adjudicated_at first_paid_at closed_at stage stage_entered_at
        disposition primary_blocker_code owner_role owner_since open_blocker_count
        is_documentation_complete is_billing_ready is_billed evidence_grade
        match_grade has_sequence_violation reopen_count claim_count charged_amount
        expected_amount paid_amount filing_deadline_date
    """,
    "fct_encounter_events": """
        encounter_key milestone occurred_at local_date precision grade lower_at
        upper_at source_file_id source_position recorded_at is_effective
    """,
    "fct_documentation_gaps": """
        encounter_key requirement_id result severity missing_item due_at evidence
    """,
    "bridge_encounters_claims": "encounter_key claim_key match_grade allocated_amount",
    "fct_claims": "claim_key data_source claim_id",
    "fct_remittances": "remittance_key data_source claim_key paid_amount is_denied",
    "fct_denials": """
        denial_key claim_key code_list code grade missing_item requirement_id owner_role
    """,
    "rpt_worklist": "encounter_key stage owner_role next_action expected_amount",
    "rpt_ready_not_billed": "encounter_key billing_ready_at expected_amount",
    "rpt_documentation_gap_aging": "requirement_id missing_item age_bucket gap_count",
    "rpt_reconciliation": "control data_source feed in_count difference",
    "rpt_unmatched_records": """
        data_source record_type record_id reason_code reason blocker_code owner_role
        occurred_at age_days amount possible_encounter_key
    """,
    "rpt_data_coverage": """
        data_source feed facility_id coverage_date expected_low expected_count
        expected_high received_count watermark_at is_complete reason volume is_current
    """,
    "rpt_feed_freshness": "data_source feed watermark_at due_at freshness",
    "rpt_duplicate_rates": "data_source feed duplicate_share usual_share repeats",
    "fct_expectation_results": """
        run_id checked_at suite expectation severity owner_role evaluated_count
        failed_count is_met
    """,
    "rpt_ops_alerts": """
        alert_key alert_code severity owner_role record_count amount deadline_date
        first_seen_date runbook
    """,
    "fct_alerts": """
        alert_key first_seen_at last_seen_at acknowledged_at acknowledged_by
        snoozed_until resolved_at recurrence
    """,
    "fct_stage_days": """
        date_day facility_key stage open_at_start_count arrival_count departure_count
        open_at_end_count expected_amount
    """,
    "rpt_signals": "series facility_key period_start_date value signal change",
    "rpt_money": "scope facility_key dnfb_amount fbns_amount dnsp_amount dnsp_days",
    "fct_file_loads": "file_id received_count loaded_count rejected_count",
    "dim_patients": "patient_key data_source",
    "dim_providers": "provider_key data_source provider_npi",
    "dim_facilities": "facility_key data_source facility_id time_zone",
    "dim_payers": "payer_key data_source payer_id",
    "dim_dates": "date_day",
    "dim_blockers": "blocker_code owner_role next_action",
    "dim_requirements": "requirement_id requirement severity",
}


@pytest.mark.parametrize("mart", COLUMNS)
def test_a_mart_keeps_the_columns_that_others_build_on(mart: str) -> None:
    [file] = MARTS.rglob(f"{mart}.yml")
    [model] = yaml.safe_load(file.read_text())["models"]
    found = {column["name"] for column in model["columns"]}
    assert set(COLUMNS[mart].split()) - found == set()


def test_the_key_of_an_encounter_leads_the_worklist() -> None:
    [file] = MARTS.rglob("rpt_worklist.yml")
    [model] = yaml.safe_load(file.read_text())["models"]
    assert model["columns"][0]["name"] == "encounter_key"
