with

refusals as (
    select * from {{ ref('int_registration_refusals') }}
),

encounter_chains as (
    select * from {{ ref('int_encounter_chains') }}
),

coverages as (
    select
        data_source,
        surviving_patient_id,
        coalesce(coverage_status, 'active') = 'active' as is_active,
        cast(starts_at as date) as first_date,
        cast(ends_at as date) as last_date
    from {{ ref('int_coverages') }}
    where surviving_patient_id is not null
),

encounters as (
    select * from {{ ref('int_encounters') }}
    where
        coalesce(encounter_status, 'finished')
        in ('planned', 'arrived', 'in-progress', 'finished')
),

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

outcomes as (
    select * from {{ ref('int_claim_outcomes') }}
),

paid as (
    select
        encounter_claims.encounter_key,
        min(outcomes.first_paid_at) as first_paid_at
    from encounter_claims
    inner join outcomes
        on encounter_claims.claim_key = outcomes.claim_key
    group by 1
),

insured as (
    select
        encounters.encounter_key,
        coalesce(
            encounters.started_at, encounters.arrived_at,
            encounters.scheduled_for, encounters.ended_at
        ) as started_at,
        encounter_days.service_date,
        count(*) as coverage_count,
        count(*) filter (
            where coverages.is_active
            and coalesce(
                encounter_days.service_date >= coverages.first_date, true
            )
            and coalesce(
                encounter_days.service_date <= coverages.last_date, true
            )
        ) as valid_count
    from encounters
    inner join encounter_days
        on encounters.encounter_key = encounter_days.encounter_key
    inner join coverages
        on
            encounters.data_source = coverages.data_source
            and encounters.surviving_patient_id
            = coverages.surviving_patient_id
    where encounter_days.service_date is not null
    group by 1, 2, 3
),

found as (
    select
        insured.encounter_key,
        'REG-01' as blocker_code,
        insured.started_at,
        paid.first_paid_at as ended_at,
        'none of ' || cast(insured.coverage_count as varchar)
        || ' coverages in force on '
        || cast(insured.service_date as varchar) as evidence
    from insured
    left join paid
        on insured.encounter_key = paid.encounter_key
    where insured.valid_count = 0
    union all
    select
        encounter_chains.encounter_key,
        refusals.blocker_code,
        refusals.started_at,
        refusals.ended_at,
        refusals.evidence
    from refusals
    inner join encounter_chains
        on refusals.chain_key = encounter_chains.chain_key
),

blockers as (
    select
        encounter_key,
        blocker_code,
        started_at,
        case when count(*) = count(ended_at) then max(ended_at) end
            as ended_at,
        string_agg(evidence, ', ' order by evidence) as evidence
    from found
    group by 1, 2, 3
)

select * from blockers
