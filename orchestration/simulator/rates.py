"""The named defects, and to which share of what could have one each happens.

A story is what becomes of an encounter, at most one for each. A trait happens to
an encounter besides its story, a quirk to its records. A habit belongs to a patient.
A way of delivery changes files, not what happened.
"""

# In the order in which a single number drawn for the encounter picks one.
STORIES: dict[str, float] = {
    "note_not_started": 0.02,
    "note_unsigned": 0.03,
    "charge_missing": 0.02,
    "claim_not_created": 0.015,
    "claim_not_submitted": 0.01,
    "denied_documentation": 0.02,
    "denied_other": 0.04,
    # What comes back about a claim; these need `acknowledgements`.
    "file_rejected_999": 0.006,
    "file_unanswered": 0.004,
    "clearinghouse_rejected": 0.008,
    "payer_rejected": 0.008,
    "payer_silent": 0.006,
    "rejected_resubmitted": 0.012,
    "pending_information": 0.006,
    "payer_slow": 0.006,
    # The life of a claim.
    "denied_replaced": 0.012,
    "claim_voided": 0.006,
    "claim_rebilled": 0.005,
    "payment_reversed": 0.008,
    "report_only": 0.008,
    "two_claims": 0.015,
    "line_denied": 0.015,
    "patient_share_only": 0.01,
    "duplicate_denied": 0.005,
    "denied_unmapped": 0.004,
    # Registration, coding, holds, charges.
    "appointment_left_open": 0.006,
    "visit_left_open": 0.004,
    "coding_open": 0.008,
    "query_unanswered": 0.005,
    "hold_open": 0.012,
    "charge_in_router": 0.006,
    "charge_taken_back": 0.006,
    # Documentation.
    "addendum_unsigned": 0.006,
    "wrong_type_note": 0.006,
    "student_note": 0.006,
    "dictated_only": 0.012,  # of the visits that messages tell of
    # What a bill is held back for.
    "charge_unapproved": 0.004,
    "diagnosis_unlinked": 0.004,
    "codes_conflict": 0.004,
    "registration_incomplete": 0.008,
    "paper_missing": 0.008,
    "claim_edit_failed": 0.005,
    "not_for_bill": 0.01,
    "filing_forgotten": 0.004,
    # Papers: of the visits that need one.
    "consent_missing": 0.02,
    "order_missing": 0.02,
    "order_unsigned": 0.01,
    "report_missing": 0.03,
    # Bills that should not have gone out.
    "billed_before_signature": 0.01,
    "diagnosis_left_out": 0.008,
}

# In the order in which numbers are drawn, one for each.
TRAITS: dict[str, float] = {
    "claim_reissued": 0.008,
    "varied_denial_codes": 0.7,  # of the denials
    "interest_paid": 0.02,
    "coding_task": 0.12,
    "coding_query": 0.15,  # of the coding tasks
    "bill_hold": 0.08,
    "short_hold": 0.04,
    "walk_in": 0.04,
    "appointment_unresolved": 0.02,
    "appointment_moved": 0.04,
    "late_charge": 0.02,
    "charge_corrected": 0.02,
    "charge_on_cancelled": 0.04,  # of the cancelled visits
    "duplicate_charge": 0.01,
    "addendum_signed": 0.02,
    "note_edited": 0.015,
    "signature_time_missing": 0.3,  # of the visits of a system that keeps them apart
    "clock_change_visit": 0.004,
}

# How the systems of an encounter misrepresent it; drawn after the traits.
QUIRKS: dict[str, float] = {
    "date_only_times": 0.02,
    "sentinel_dates": 0.06,
    "future_time": 0.005,
    "time_disorder": 0.006,
    "sources_disagree": 0.03,
    "entered_in_error": 0.01,
    "appointment_without_visit": 0.01,
    "charge_without_visit": 0.006,
    "remittance_without_claim": 0.004,
    "visit_merged": 0.01,
    "visit_moved": 0.01,
    "discharge_undone": 0.01,
    "registration_undone": 0.3,  # of the cancelled visits
}

# In the order in which the one number of a patient picks one.
HABITS: dict[str, float] = {
    "combined_claim": 0.02,
    "coverage_missing": 0.01,
    "coverage_expired": 0.02,
    "patient_merged": 0.03,
    "patient_unmerged": 0.01,
    "self_pay": 0.015,
    "merge_in_circle": 0.015,  # of the patients whose merges are told
}

# Of visits that would otherwise have gone their way.
VISITS: dict[str, float] = {
    "cosign_pending": 0.10,  # of the notes that need a cosignature
    "superseded_note": 0.03,
    "cancelled_visit": 0.06,
    "noshow_visit": 0.05,
    "nurse_visit": 0.04,
    "charge_before_note": 0.05,
}

DELIVERIES: dict[str, float] = {
    "message_replay": 0.1,  # of the days of a facility that sends messages
    "provider_adjustment": 0.1,  # of the payments
}

SWITCHES = frozenset(
    {
        "recent_work",
        "duplicate_delivery",
        "overlapping_export",
        "acknowledgements",
        "local_clock_times",
        "feed_outage",
        "author_away",
    }
)

RATES = {**VISITS, **STORIES, **TRAITS, **QUIRKS, **HABITS, **DELIVERIES}
