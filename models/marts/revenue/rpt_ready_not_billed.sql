with

encounters as (
    select * from {{ ref('fct_encounters') }}
    where is_billing_ready and not is_billed
),

stages as (
    select * from {{ ref('stages') }}
    where is_open
),

blockers as (
    select * from {{ ref('dim_blockers') }}
),

encounter_ages as (
    select * from {{ ref('int_encounter_ages') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

unbilled as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.encounter_id,
        encounters.facility_key,
        encounters.provider_key,
        encounters.payer_key,
        encounters.visit_type,
        encounters.service_date,
        encounters.billing_ready_at,
        {{ whole_days('encounters.billing_ready_at', 'clock.as_of') }}
            as ready_days,
        encounter_ages.age_days,
        encounter_ages.age_without_hold_days,
        encounters.claim_created_at,
        encounters.stage,
        encounters.primary_blocker_code,
        blockers.blocker_label,
        encounters.owner_role,
        encounters.charged_amount,
        encounters.expected_amount,
        encounters.expected_amount_method,
        encounters.filing_deadline_date,
        {{ days_until('encounters.filing_deadline_date', 'clock.as_of') }}
            as days_to_deadline
    from encounters
    inner join stages
        on encounters.stage = stages.stage
    left join blockers
        on encounters.primary_blocker_code = blockers.blocker_code
    left join encounter_ages
        on encounters.encounter_key = encounter_ages.encounter_key
    cross join clock
)

select * from unbilled
