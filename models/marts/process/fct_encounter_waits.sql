with

waits as (
    select * from {{ ref('int_encounter_waits') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

until_now as (
    select
        waits.encounter_key,
        waits.owner_role,
        waits.blocker_code,
        waits.started_at,
        coalesce(waits.ended_at, clock.as_of) as ended_at
    from waits
    cross join clock
    inner join encounters
        on waits.encounter_key = encounters.encounter_key
),

measured as (
    select
        *,
        {{ seconds_between('started_at', 'ended_at') }} as wait_seconds
    from until_now
    where ended_at > started_at
)

select * from measured
