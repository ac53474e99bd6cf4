with

encounters as (
    select * from {{ ref('int_encounters_restricted') }}
    where
        encounter_status is distinct from 'entered-in-error'
        and merged_into_encounter_key is null
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

encounter_stages as (
    select * from {{ ref('int_encounter_stages') }}
),

encounter_charges as (
    select * from {{ ref('int_encounter_charges') }}
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
),

expected_amounts as (
    select * from {{ ref('int_expected_amounts') }}
),

filing_deadlines as (
    select * from {{ ref('int_filing_deadlines') }}
),

sequence_violations as (
    select * from {{ ref('int_sequence_violations') }}
),

primary_blockers as (
    select * from {{ ref('int_encounter_blockers') }}
    where is_primary
),

open_blockers as (
    select
        encounter_key,
        cast(count(*) as integer) as open_blocker_count
    from {{ ref('int_encounter_blockers') }}
    where is_open and blocker_stage <> 'exit'
    group by 1
),

joined as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.encounter_id,
        encounters.patient_key,
        encounters.provider_key,
        encounters.facility_key,
        encounters.payer_key,
        encounters.visit_type,
        encounters.encounter_class,
        encounters.encounter_status,
        encounters.is_restricted,
        encounters.note_type,
        milestones.service_date,
        milestones.scheduled_for,
        milestones.arrived_at,
        milestones.service_start_at,
        milestones.service_end_at,
        milestones.note_started_at,
        milestones.author_signed_at,
        milestones.cosigned_at,
        milestones.documentation_complete_at,
        milestones.charge_first_at,
        milestones.charges_complete_at,
        milestones.coded_at,
        milestones.billing_ready_at,
        milestones.claim_created_at,
        milestones.claim_submitted_at,
        milestones.clearinghouse_accepted_at,
        milestones.payer_accepted_at,
        milestones.first_adjudicated_at,
        milestones.first_paid_at,
        milestones.closed_at,
        encounter_stages.stage,
        case encounter_stages.stage
            when 'visit'
                then least(milestones.arrived_at, milestones.service_start_at)
            when 'documentation' then milestones.service_end_at
            when 'unknown' then milestones.service_end_at
            when 'non_billable' then milestones.service_end_at
            when 'charge' then milestones.documentation_complete_at
            when 'coding' then milestones.charges_complete_at
            when 'hold' then primary_blockers.started_at
            when 'claim' then milestones.billing_ready_at
            when 'acknowledgement' then milestones.claim_submitted_at
            when 'payer'
                then coalesce(
                    milestones.payer_accepted_at, milestones.claim_submitted_at
                )
            when 'closed' then milestones.closed_at
        end as stage_entered_at,
        encounter_stages.disposition,
        primary_blockers.blocker_code as primary_blocker_code,
        primary_blockers.owner_role,
        primary_blockers.started_at as owner_since,
        coalesce(open_blockers.open_blocker_count, 0) as open_blocker_count,
        encounter_stages.is_documentation_complete,
        encounter_stages.is_documentation_complete
        and encounter_stages.has_charge
        and encounter_stages.is_coding_passed
        and encounter_stages.is_hold_passed as is_billing_ready,
        encounter_stages.has_submission
        or encounter_stages.has_adjudication as is_billed,
        milestones.evidence_grade,
        settlements.match_grade,
        coalesce(sequence_violations.violation_count, 0) > 0
            as has_sequence_violation,
        cast(encounter_stages.reopen_count as integer) as reopen_count,
        encounter_stages.note_changed_after_submission,
        encounter_stages.claim_count,
        encounter_charges.charged_amount,
        expected_amounts.expected_amount,
        expected_amounts.expected_amount_method,
        settlements.paid_amount,
        filing_deadlines.filing_deadline_date
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    inner join encounter_stages
        on encounters.encounter_key = encounter_stages.encounter_key
    left join encounter_charges
        on encounters.encounter_key = encounter_charges.encounter_key
    left join settlements
        on encounters.encounter_key = settlements.encounter_key
    left join expected_amounts
        on encounters.encounter_key = expected_amounts.encounter_key
    left join filing_deadlines
        on encounters.encounter_key = filing_deadlines.encounter_key
    left join sequence_violations
        on encounters.encounter_key = sequence_violations.encounter_key
    left join primary_blockers
        on encounters.encounter_key = primary_blockers.encounter_key
    left join open_blockers
        on encounters.encounter_key = open_blockers.encounter_key
)

select * from joined
