with

blockers as (
    select * from {{ ref('int_encounter_blockers') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

selected as (
    select
        blockers.encounter_key,
        blockers.blocker_code,
        blockers.started_at,
        blockers.ended_at,
        blockers.is_open,
        blockers.is_primary,
        blockers.owner_role,
        case
            when encounters.is_restricted then 'restricted'
            else blockers.evidence
        end as evidence
    from blockers
    inner join encounters
        on blockers.encounter_key = encounters.encounter_key
)

select * from selected
