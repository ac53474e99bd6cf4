"""Suites of the marts on planted rows: one that meets all of them, one that meets none.

All rows here are made up.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration import evaluation, validation
from orchestration.evaluation import Outcome
from orchestration.validation import Suite

PROJECT_DIR = Path(__file__).resolve().parents[2]
SUITES = [suite for suite in validation.read_suites() if suite.asset[0] != "raw"]
MARTS = sorted((PROJECT_DIR / "models" / "marts").rglob("*.sql"))
Row = dict[str, object]

EARLY, LATE = "2026-03-02 08:00:00", "2026-03-02 09:00:00"
# Of each mart: a row that meets every expectation, and rows that break each.
ROWS: dict[str, tuple[Row, list[Row]]] = {
    "dim_patients": ({"patient_key": "p"}, [{"patient_key": "q"}] * 2),
    "dim_providers": ({"provider_key": "n"}, [{"provider_key": "m"}] * 2),
    "dim_facilities": (
        {"facility_key": "f", "time_zone": "America/New_York"},
        [{"facility_key": "g"}] * 2,
    ),
    "dim_payers": ({"payer_key": "y"}, [{"payer_key": "z"}] * 2),
    "fct_encounters": (
        {"encounter_key": "e", "stage": "claim", "encounter_status": "finished"}
        | {"evidence_grade": "A", "patient_key": "p", "payer_key": "y"}
        | {"provider_key": "n", "facility_key": "f", "is_billing_ready": False}
        | {"service_start_at": EARLY, "service_end_at": LATE}
        | {"claim_created_at": EARLY, "claim_submitted_at": LATE}
        | {"is_documentation_complete": True, "documentation_complete_at": LATE},
        [
            {"encounter_key": "d", "stage": "lost", "encounter_status": "over"}
            | {"evidence_grade": "E", "patient_key": "?", "payer_key": "?"}
            | {"provider_key": "?", "facility_key": "?"}
            | {"service_start_at": LATE, "service_end_at": EARLY}
            | {"claim_created_at": LATE, "claim_submitted_at": EARLY},
            {"encounter_key": "d", "stage": "charge"}
            | {"documentation_complete_at": LATE},
            {"encounter_key": "c", "stage": "documentation"}
            | {"charge_first_at": LATE, "is_documentation_complete": False},
            {"encounter_key": "b", "stage": "claim", "is_billing_ready": True},
        ],
    ),
    "fct_encounter_blockers": (
        {"encounter_key": "e", "blocker_code": "DOC-01"}
        | {"started_at": EARLY, "ended_at": LATE},
        [
            {"encounter_key": "?", "blocker_code": "?"}
            | {"started_at": LATE, "ended_at": EARLY}
        ]
        * 2,
    ),
    "fct_encounter_waits": (
        {"encounter_key": "e", "started_at": EARLY, "ended_at": LATE},
        [{"encounter_key": "?", "started_at": LATE, "ended_at": EARLY}] * 2,
    ),
    "fct_encounter_events": (
        {"encounter_key": "e", "milestone": "coded_at", "is_effective": True}
        | {"grade": "A", "precision": "day", "lower_at": EARLY, "upper_at": LATE},
        [
            {"encounter_key": "?", "milestone": "coded_at", "is_effective": True}
            | {"grade": "E", "precision": "week", "lower_at": LATE, "upper_at": EARLY}
        ]
        * 2,
    ),
    "fct_claims": (
        {"claim_key": "c", "payer_key": "y", "claim_standing": "live"}
        | {"created_at": EARLY, "submitted_at": LATE, "encounter_count": 1},
        [
            {"claim_key": "d", "payer_key": "?", "claim_standing": "gone"}
            | {"created_at": LATE, "submitted_at": EARLY, "encounter_count": 0}
        ]
        * 2,
    ),
    "bridge_encounters_claims": (
        {"encounter_key": "e", "claim_key": "c", "match_grade": "A"},
        [{"encounter_key": "?", "claim_key": "?", "match_grade": "Z"}] * 2,
    ),
    "fct_remittances": (
        {"remittance_key": "r", "claim_key": "c"}
        | {"adjudicated_at": EARLY, "paid_at": LATE},
        [
            {"remittance_key": "s", "claim_key": "?"}
            | {"adjudicated_at": LATE, "paid_at": "2026-03-01"},
            {"remittance_key": "s"},
        ],
    ),
    "fct_denials": (
        {"denial_key": "d", "claim_key": "c", "remittance_key": "r"}
        | {"is_unmapped": False},
        [
            {"denial_key": "f", "claim_key": "?", "remittance_key": "?"}
            | {"is_unmapped": True}
        ]
        * 2,
    ),
    "documentation": (
        {"encounter_key": "e", "requirement_id": "REQ", "result": "met"},
        [
            {"encounter_key": "?", "requirement_id": "?", "result": "so"}
            | {"missing_item": "note"},
            {"encounter_key": "?", "requirement_id": "?", "missing_item": "signature"},
            {"encounter_key": "e", "missing_item": "cosignature"},
        ],
    ),
    "rpt_worklist": (
        {"encounter_key": "e", "owner_role": "biller"},
        [{"encounter_key": "?"}] * 2,
    ),
    "rpt_ready_not_billed": ({"encounter_key": "e"}, [{"encounter_key": "?"}] * 2),
    "rpt_reconciliation": ({"control": "c", "difference": 0}, [{"difference": 1}]),
    "rpt_duplicate_rates": (
        {"rate_key": "k", "repeats": "as usual"},
        [{"repeats": "more than usual"}],
    ),
    "rpt_unmatched_records": (
        {"unmatched_key": "u"},
        [
            {"reason_code": f"{record}"}
            for record in (
                "charge_without_encounter",
                "charge_on_cancelled_visit",
                "claim_without_encounter",
                "remittance_without_claim",
                "answer_without_claim",
                "appointment_without_encounter",
                "encounter_without_appointment",
                "document_without_encounter",
            )
        ],
    ),
    "rpt_data_coverage": (
        {"feed": "claims", "is_current": False, "volume": "fewer than usual"},
        [
            {"feed": feed, "is_current": True, "volume": f"{volume} than usual"}
            for feed in ["encounters", "documents", "charges", "claims", "submissions"]
            for volume in ("fewer", "more")
        ],
    ),
    "rpt_feed_freshness": (
        {"feed": "claims", "freshness": "unknown"},
        [
            {"feed": feed, "freshness": "late", "watermark_at": EARLY}
            for feed in ["encounters", "documents", "charges", "claims", "submissions"]
        ]
        + [{"feed": "hl7v2", "freshness": "late"}],
    ),
    "rpt_money": (
        {"scope": "facility", "facility_key": "f", "dnsp_amount": 3}
        | {"dnfb_amount": 1, "fbns_amount": 2},
        [
            {"scope": "facility", "facility_key": "g", "dnsp_amount": 4}
            | {"dnfb_amount": 1, "fbns_amount": 2}
        ]
        * 2,
    ),
    "rpt_unbilled_money": (
        {"facility_key": "f", "stage": "charge", "owner_role": "coder"}
        | {"visit_count": 3, "dnfb_count": 1, "fbns_count": 2},
        [
            {"facility_key": "g", "stage": "charge", "owner_role": "coder"}
            | {"visit_count": 2, "dnfb_count": 1, "fbns_count": 2}
        ]
        * 2,
    ),
    "rpt_signals": (
        {"series": "s", "facility_key": "f", "period_start_date": "2026-03-02"}
        | {"lower_limit": 1, "upper_limit": 2, "is_mature": True, "signal": "point"},
        [
            {"series": "s", "facility_key": "g", "period_start_date": "2026-03-02"}
            | {"lower_limit": 2, "upper_limit": 1, "is_mature": False}
            | {"signal": "point"}
        ]
        * 2,
    ),
    "rpt_lags": (
        {"lag": "l", "dimension": "all", "dimension_value": "all", "cohort": "all"}
        | {"median_hours": 1, "p75_hours": 2, "p90_hours": 2, "encounter_count": 3}
        | {"event_count": 1, "exit_count": 1, "open_count": 1},
        [
            {"lag": "m", "dimension": "all", "dimension_value": "all", "cohort": "all"}
            | {"median_hours": 1, "p75_hours": 2, "p90_hours": 1, "encounter_count": 2}
            | {"event_count": 1, "exit_count": 1, "open_count": 1}
        ]
        * 2,
    ),
    "rpt_claim_rates": (
        {"data_source": "a", "payer_key": "y", "month_start_date": "2026-03-01"}
        | {"sent_count": 2, "clean_count": 2, "answered_count": 1}
        | {"accepted_count": 1, "decided_count": 1, "denied_count": 0},
        [
            {"data_source": "b", "payer_key": "y", "month_start_date": "2026-03-01"}
            | {"sent_count": 2, "clean_count": 3, "answered_count": 1}
            | {"accepted_count": 1, "decided_count": 1, "denied_count": 0}
        ]
        * 2,
    ),
    "rpt_late_charges": (
        {"facility_key": "f", "month_start_date": "2026-03-01"}
        | {"charge_count": 1, "late_count": 1},
        [
            {"facility_key": "g", "month_start_date": "2026-03-01"}
            | {"charge_count": 1, "late_count": 2}
        ]
        * 2,
    ),
    "rpt_filing_risk": (
        {"encounter_key": "e", "miss_probability": 0.5},
        [{"encounter_key": "?", "miss_probability": 1.5}] * 2,
    ),
    "fct_stage_days": (
        {"date_day": "2026-03-02", "facility_key": "f", "stage": "charge"}
        | {"open_at_start_count": 1, "arrival_count": 2, "departure_count": 1}
        | {"open_at_end_count": 2},
        [
            {"date_day": "2026-03-02", "facility_key": "g", "stage": "charge"}
            | {"open_at_start_count": 1, "arrival_count": 2, "departure_count": 1}
            | {"open_at_end_count": 3}
        ]
        * 2,
    ),
    "rpt_documentation_gap_aging": (
        {"facility_key": "f", "requirement_id": "REQ", "missing_item": "note"}
        | {"age_bucket": "0-7", "gap_count": 1},
        [
            {"facility_key": "g", "requirement_id": "REQ", "missing_item": "note"}
            | {"age_bucket": "0-7", "gap_count": 0}
        ]
        * 2,
    ),
    "fct_charges": (
        {"charge_key": "c", "encounter_key": "e", "is_charged": False, "amount": 0},
        [{"charge_key": "d", "encounter_key": "?", "is_charged": False, "amount": 1}]
        * 2,
    ),
    "fct_hand_offs": (
        {"encounter_key": "e", "hand_off_number": 1}
        | {"from_owner_role": "coder", "to_owner_role": "biller"},
        [
            {"encounter_key": "?", "hand_off_number": 1}
            | {"from_owner_role": "coder", "to_owner_role": "coder"}
        ]
        * 2,
    ),
    "fct_encounter_flows": (
        {"encounter_key": "e", "note_touch_seconds": 2, "note_elapsed_seconds": 2},
        [{"encounter_key": "?", "note_touch_seconds": 3, "note_elapsed_seconds": 2}]
        * 2,
    ),
    "fct_encounter_stages": (
        {"encounter_key": "e", "span_number": 1},
        [{"encounter_key": "?", "span_number": 1}] * 2,
    ),
    "rpt_month_end": (
        {"month_start_date": "2026-03-01", "charged_amount": 3, "reported_amount": 2}
        | {"low_95_amount": 1, "low_80_amount": 2, "projected_amount": 3}
        | {"high_80_amount": 4, "high_95_amount": 5, "restated_amount": 1},
        [
            {"month_start_date": "2026-04-01", "charged_amount": 3}
            | {"reported_amount": 2, "restated_amount": 0}
            | {"low_80_amount": 2, "projected_amount": 1}
        ]
        * 2,
    ),
    "rpt_month_end_backtest": (
        {"month_start_date": "2026-03-01", "low_95_amount": 1, "low_80_amount": 2}
        | {"high_80_amount": 4, "high_95_amount": 5}
        | {"is_within_80": False, "is_within_95": True},
        [
            {"month_start_date": "2026-04-01", "low_80_amount": 1, "low_95_amount": 2}
            | {"is_within_80": True, "is_within_95": False}
        ]
        * 2,
    ),
    "rpt_restatements": (
        {"month_start_date": "2026-03-01", "cause": "late data", "charge_count": 1},
        [{"month_start_date": "2026-04-01", "cause": "late data", "charge_count": 0}]
        * 2,
    ),
    "rpt_patterns": (
        {"dimension": "facility", "dimension_value": "f", "requirement_id": "REQ"}
        | {"judged_count": 2, "missing_count": 2, "chance": 0.01}
        | {"is_training_trigger": True, "finding": "more than peers"},
        [
            {"dimension": "facility", "dimension_value": "g", "requirement_id": "REQ"}
            | {"judged_count": 2, "missing_count": 3}
            | {"is_training_trigger": True, "finding": "as peers"}
        ]
        * 2,
    ),
    "rpt_requirement_yield": (
        {"requirement_id": "REQ", "applied_count": 4, "unknown_count": 4}
        | {"found_count": 4, "open_count": 1, "cured_count": 1}
        | {"false_alarm_count": 1, "too_late_count": 1},
        [
            {"requirement_id": "?", "applied_count": 4, "unknown_count": 5}
            | {"found_count": 4, "open_count": 1, "cured_count": 1}
            | {"false_alarm_count": 1, "too_late_count": 2}
        ]
        * 2,
    ),
    "rpt_provider_feedback": (
        {"provider_key": "n", "lower_share": 0.4, "upper_share": 0.6}
        | {"waiting_count": 0, "waiting_amount": 0},
        [
            {"provider_key": "m", "lower_share": 0.6, "upper_share": 0.4}
            | {"waiting_count": 0, "waiting_amount": 1}
        ]
        * 2,
    ),
    "rpt_hand_offs": (
        {"facility_key": "f", "from_owner_role": "coder", "to_owner_role": "biller"}
        | {"hand_off_count": 2, "encounter_count": 2, "held_now_count": 2},
        [
            {"facility_key": "g", "from_owner_role": "coder"}
            | {"to_owner_role": "biller", "hand_off_count": 2, "encounter_count": 3}
        ]
        * 2,
    ),
    "rpt_rework": (
        {"scope": "facility", "facility_key": "f", "rework_kind": "any"}
        | {"encounter_count": 2, "rework_count": 1, "event_count": 1}
        | {"rework_low_share": 0.1, "rework_share": 0.5, "rework_high_share": 0.9},
        [
            {"scope": "facility", "facility_key": "g", "rework_kind": "any"}
            | {"encounter_count": 2, "rework_count": 3, "event_count": 3}
            | {"rework_low_share": 0.6, "rework_share": 0.5, "rework_high_share": 0.9}
        ]
        * 2,
    ),
    "rpt_flow": (
        {"scope": "facility", "facility_key": "f", "encounter_count": 2}
        | {"touch_known_count": 2, "hand_offs_per_visit": 1}
        | {"hand_offs_per_visit_low": 0, "hand_offs_per_visit_high": 2},
        [
            {"scope": "facility", "facility_key": "g", "encounter_count": 2}
            | {"touch_known_count": 3, "hand_offs_per_visit": 3}
            | {"hand_offs_per_visit_low": 0, "hand_offs_per_visit_high": 2}
        ]
        * 2,
    ),
    "rpt_bottlenecks": (
        {"scope": "facility", "facility_key": "f", "owner_role": "coder"}
        | {"blocker_code": "DOC-01", "encounter_count": 2, "without_amount_count": 2}
        | {"money_days": 5, "money_days_low": 4, "money_days_high": 6},
        [
            {"scope": "facility", "facility_key": "g", "owner_role": "coder"}
            | {"blocker_code": "DOC-01", "money_days_share": 1.5}
            | {"money_days": 7, "money_days_low": 4, "money_days_high": 6}
        ]
        * 2,
    ),
    "rpt_leadership_summary": (
        {"figure_code": "f", "owner_role": "coder", "formula": "visits", "value": 1},
        [
            {"figure_code": "g", "owner_role": "coder", "value": 3}
            | {"low": 1, "high": 2}
        ]
        * 2,
    ),
    "rpt_acceptance_chances": (
        {"stage": "claim", "age_bucket": "0-7", "days": 1, "open_share": 0.5}
        | {"at_risk_count": 1, "accepted_count": 1},
        [
            {"stage": "charge", "age_bucket": "0-7", "days": 1, "open_share": 0.5}
            | {"at_risk_count": 1, "accepted_count": 2}
        ]
        * 2,
    ),
    "rpt_claim_first_passes": (
        {"claim_key": "c", "is_denied": True, "first_decided_at": EARLY},
        [{"claim_key": "?", "is_denied": True}] * 2,
    ),
    "rpt_feed_deliveries": (
        {"is_current": False, "volume": "fewer than usual"},
        [
            {"is_current": True, "volume": "fewer than usual"},
            {"is_current": True, "volume": "more than usual"},
        ],
    ),
}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a warehouse in which each mart has its row that meets everything."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        for path in MARTS:
            (model,) = yaml.safe_load(path.with_suffix(".yml").read_text())["models"]
            columns = ", ".join(
                f"{column['name']} {column['data_type']}" for column in model["columns"]
            )
            connection.execute(f"create table marts.{path.stem} ({columns})")
        connection.execute(
            "insert into marts.dim_blockers by name select 'DOC-01' as blocker_code"
        )
        connection.execute(
            "insert into marts.dim_requirements by name select 'REQ' as requirement_id"
        )
        for suite in SUITES:
            insert(connection, suite, ROWS[suite.name][0])
        yield connection


def insert(connection: duckdb.DuckDBPyConnection, suite: Suite, row: Row) -> None:
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    table = ".".join(suite.asset)
    connection.execute(
        f"insert into {table} ({names}) values ({marks})", [*row.values()]
    )


def outcomes(connection: duckdb.DuckDBPyConnection, suite: Suite) -> dict[str, Outcome]:
    found = evaluation.validate(suite, connection, ".".join(suite.asset))
    return {outcome.expectation.id: outcome for outcome in found}


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_a_row_as_it_should_be_meets_every_expectation(suite, warehouse):
    found = outcomes(warehouse, suite)

    assert {i: o.note for i, o in found.items() if not o.passed} == {}


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_every_expectation_of_a_mart_fails_on_a_row_that_breaks_it(suite, warehouse):
    warehouse.execute("begin")
    for row in (*ROWS[suite.name][1], dict.fromkeys([suite.key[0]])):
        insert(warehouse, suite, row)

    found = outcomes(warehouse, suite)
    warehouse.execute("rollback")

    on_rows = {i: o for i, o in found.items() if not o.expectation.rule.present}
    assert {i: o.note for i, o in on_rows.items() if o.note != evaluation.NOT_MET} == {}
    assert all(len(o.keys) == o.failed_count for o in on_rows.values())
