"""The columns of the canonical CSV feeds, and the words that this practice uses."""

from orchestration.simulator.journey import (
    ADDENDUM,
    CONSENT,
    NOTE,
    ORDER,
    OTHER,
    REPORT,
)

COLUMNS = {
    "encounters": (
        "encounter_id,patient_id,provider_npi,facility_id,payer_id,visit_type,"
        "encounter_class,status,scheduled_for,arrived_at,started_at,ended_at,updated_at"
    ),
    "appointments": (
        "appointment_id,encounter_id,patient_id,provider_npi,facility_id,status,"
        "start_at,end_at,created_at,updated_at"
    ),
    "documents": (
        "document_id,encounter_id,document_type,status,author_npi,created_at,signed_at,"
        "cosign_required,cosigned_by_npi,cosigned_at,replaces_document_id,updated_at"
    ),
    "charges": (
        "charge_id,encounter_id,code,modifiers,units,amount,service_date,entered_at,"
        "status,component,updated_at"
    ),
    "claims": (
        "claim_id,encounter_id,patient_control_number,frequency_code,replaces_claim_id,"
        "payer_id,amount,created_at,submitted_at,status"
    ),
    "claim_statuses": "claim_id,category_code,status_code,entity,occurred_at",
    "holds": "hold_id,encounter_id,hold_type,reason,started_at,ended_at",
    "coding": "coding_id,encounter_id,status,started_at,completed_at,updated_at",
    "queries": "query_id,encounter_id,opened_at,answered_at,closed_at,updated_at",
    "coverages": (
        "coverage_id,patient_id,payer_id,member_id,starts_on,ends_on,updated_at"
    ),
    "providers": "provider_npi,provider_name,specialty,role,updated_at",
    "facilities": "facility_id,facility_name,time_zone,updated_at",
    "payers": "payer_id,payer_name,payer_type,updated_at",
}
# By kind: what a visit has, and what a procedure has.
DOCUMENT_TYPES = {
    NOTE: ("progress_note", "procedure_note"),
    ADDENDUM: ("addendum", "addendum"),
    OTHER: ("patient_instructions", "patient_instructions"),
    **{kind: (kind, kind) for kind in (CONSENT, ORDER, REPORT)},
}
