with

encounters as (
    select * from {{ ref('int_encounters') }}
    where encounter_status is distinct from 'entered-in-error'
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

sequence_violations as (
    select * from {{ ref('int_sequence_violations') }}
),

blockers as (
    select * from {{ ref('blockers') }}
),

stages as (
    select * from {{ ref('stages') }}
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
            when 'claim' then milestones.billing_ready_at
            when 'payer' then milestones.claim_submitted_at
            when 'closed' then milestones.closed_at
        end as stage_entered_at,
        encounter_stages.disposition,
        encounter_stages.primary_blocker_code,
        blockers.owner_role,
        case encounter_stages.primary_blocker_code
            when 'DOC-01' then milestones.service_end_at
            when 'DOC-02' then milestones.service_end_at
            when 'DOC-05' then milestones.author_signed_at
            when 'CHG-01' then milestones.documentation_complete_at
            when 'CLM-01' then milestones.billing_ready_at
            when 'CLM-03' then milestones.billing_ready_at
            when 'PAY-02' then milestones.claim_submitted_at
            when 'PAY-03' then settlements.last_denied_at
            when 'PAY-04' then settlements.last_denied_at
            when 'DQ-01' then milestones.service_end_at
        end as owner_since,
        case
            when
                encounter_stages.primary_blocker_code is not null
                and (stages.is_open or stages.stage = 'unknown')
                then 1
            else 0
        end as open_blocker_count,
        encounter_stages.is_documentation_complete,
        encounter_stages.is_documentation_complete
        and encounter_stages.has_charge as is_billing_ready,
        encounter_stages.has_submission
        or encounter_stages.has_adjudication as is_billed,
        milestones.evidence_grade,
        settlements.match_grade,
        coalesce(sequence_violations.violation_count, 0) > 0
            as has_sequence_violation,
        0 as reopen_count,
        encounter_stages.claim_count,
        encounter_charges.charged_amount,
        case
            when stages.stage in ('cancelled', 'non_billable') then null
            when encounter_stages.is_settled then settlements.allowed_amount
            else expected_amounts.expected_amount
        end as expected_amount,
        settlements.paid_amount,
        cast(null as date) as filing_deadline_date
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    inner join encounter_stages
        on encounters.encounter_key = encounter_stages.encounter_key
    inner join stages
        on encounter_stages.stage = stages.stage
    left join encounter_charges
        on encounters.encounter_key = encounter_charges.encounter_key
    left join settlements
        on encounters.encounter_key = settlements.encounter_key
    left join expected_amounts
        on
            encounters.data_source = expected_amounts.data_source
            and encounters.visit_type = expected_amounts.visit_type
    left join sequence_violations
        on encounters.encounter_key = sequence_violations.encounter_key
    left join blockers
        on encounter_stages.primary_blocker_code = blockers.blocker_code
)

select * from joined
