with

waits as (
    select * from {{ ref('fct_encounter_waits') }}
    where owner_role <> 'none'
),

encounters as (
    select * from {{ ref('fct_encounters') }}
    where service_end_at is not null
),

clock as (
    select * from {{ ref('int_clock') }}
),

followed as (
    select
        encounter_key,
        owner_role as to_role,
        started_at as handed_at,
        ended_at,
        wait_seconds,
        lag(owner_role) over (
            partition by encounter_key
            order by started_at
        ) as from_role
    from waits
),

hand_offs as (
    select
        {{ surrogate_key(['followed.encounter_key', 'followed.handed_at']) }}
            as hand_off_key,
        followed.encounter_key,
        followed.from_role,
        followed.to_role,
        followed.handed_at,
        followed.wait_seconds,
        followed.ended_at >= clock.as_of as is_held_now
    from followed
    cross join clock
    inner join encounters
        on
            followed.encounter_key = encounters.encounter_key
            and followed.handed_at >= encounters.service_end_at
            and followed.handed_at
            <= coalesce(encounters.claim_submitted_at, clock.as_of)
    where followed.from_role <> followed.to_role
)

select * from hand_offs
