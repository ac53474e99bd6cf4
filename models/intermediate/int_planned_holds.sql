with

holds as (
    select * from {{ ref('int_hold_blockers') }}
),

planned as (
    select * from {{ ref('blockers') }}
    where stage = 'hold' and not is_delay
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
    where service_end_at is not null
),

waited as (
    select
        holds.encounter_key,
        greatest(holds.started_at, milestones.service_end_at) as started_at,
        holds.ended_at
    from holds
    inner join planned
        on holds.blocker_code = planned.blocker_code
    inner join milestones
        on holds.encounter_key = milestones.encounter_key
    where holds.started_at is not null
),

going_on as (
    select
        encounter_key,
        min(started_at) as held_since
    from waited
    where ended_at is null
    group by 1
),

ended as (
    select
        waited.encounter_key,
        waited.started_at,
        least(waited.ended_at, going_on.held_since) as ended_at
    from waited
    left join going_on
        on waited.encounter_key = going_on.encounter_key
    where waited.ended_at is not null
),

in_order as (
    select
        *,
        max(ended_at) over (
            partition by encounter_key
            order by started_at asc, ended_at asc
            rows between unbounded preceding and 1 preceding
        ) as held_until
    from ended
    where ended_at > started_at
),

parts as (
    select
        encounter_key,
        greatest(started_at, coalesce(held_until, started_at)) as started_at,
        ended_at
    from in_order
    where held_until is null or ended_at > held_until
),

released as (
    select
        encounter_key,
        sum({{ seconds_between('started_at', 'ended_at') }}) as held_seconds
    from parts
    group by 1
),

totals as (
    select
        coalesce(released.encounter_key, going_on.encounter_key)
            as encounter_key,
        coalesce(released.held_seconds, 0) as held_seconds,
        going_on.held_since
    from released
    full outer join going_on
        on released.encounter_key = going_on.encounter_key
)

select * from totals
