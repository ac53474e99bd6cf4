with

coding as (
    select * from {{ ref('int_coding') }}
    where encounter_key is not null
),

refusals as (
    select * from {{ ref('int_claim_refusals') }}
    where blocker_code like 'COD-%'
),

encounter_chains as (
    select * from {{ ref('int_encounter_chains') }}
),

undiagnosed as (
    select * from {{ ref('int_documentation_results') }}
    where blocker_code = 'COD-02' and result = 'not_met'
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

waiting as (
    select
        encounter_key,
        'COD-01' as blocker_code,
        started_at,
        case
            when
                count(*) = count(completed_at)
                and bool_and(coalesce(coding_status = 'completed', true))
                then max(completed_at)
        end as ended_at,
        'coding ' || string_agg(coding_id, ', ' order by coding_id) as evidence
    from coding
    where
        coding_status is distinct from 'completed'
        or completed_at is not null
    group by 1, 3
),

refused as (
    select
        encounter_chains.encounter_key,
        refusals.blocker_code,
        refusals.started_at,
        case
            when count(*) = count(refusals.ended_at) then max(refusals.ended_at)
        end as ended_at,
        string_agg(refusals.evidence, ', ' order by refusals.evidence)
            as evidence
    from refusals
    inner join encounter_chains
        on refusals.chain_key = encounter_chains.chain_key
    group by 1, 2, 3
),

left_out as (
    select
        undiagnosed.encounter_key,
        undiagnosed.blocker_code,
        milestones.claim_submitted_at as started_at,
        cast(null as timestamp) as ended_at,
        undiagnosed.requirement_id || ' ' || undiagnosed.evidence as evidence
    from undiagnosed
    inner join milestones
        on undiagnosed.encounter_key = milestones.encounter_key
),

blockers as (
    select * from waiting
    union all
    select * from refused
    union all
    select * from left_out
)

select * from blockers
