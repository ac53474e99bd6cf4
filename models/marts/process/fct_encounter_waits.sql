with

waits as (
    select * from {{ ref('int_encounter_waits') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

measured as (
    select
        waits.encounter_key,
        waits.owner_role,
        waits.blocker_code,
        waits.started_at,
        waits.ended_at,
        {{ seconds_between('waits.started_at', 'waits.ended_at') }}
            as wait_seconds
    from waits
    inner join encounters
        on waits.encounter_key = encounters.encounter_key
)

select * from measured
