with

refusals as (
    select * from {{ ref('int_claim_refusals') }}
    where blocker_code like 'REG-%'
),

encounter_chains as (
    select * from {{ ref('int_encounter_chains') }}
),

uninsured as (
    select * from {{ ref('int_uninsured_visits') }}
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

found as (
    select
        uninsured.encounter_key,
        'REG-01' as blocker_code,
        uninsured.started_at,
        least(uninsured.ended_at, paid.first_paid_at) as ended_at,
        uninsured.evidence
    from uninsured
    left join paid
        on uninsured.encounter_key = paid.encounter_key
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
