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

clock as (
    select * from {{ ref('int_clock') }}
),

waited as (
    select
        holds.encounter_key,
        holds.blocker_code,
        greatest(holds.started_at, milestones.service_end_at) as started_at,
        least(coalesce(holds.ended_at, clock.as_of), clock.as_of) as ended_at
    from holds
    inner join planned
        on holds.blocker_code = planned.blocker_code
    inner join milestones
        on holds.encounter_key = milestones.encounter_key
    cross join clock
    where holds.started_at is not null
),

in_order as (
    select
        *,
        max(ended_at) over (
            partition by encounter_key
            order by started_at asc, ended_at asc
            rows between unbounded preceding and 1 preceding
        ) as held_until
    from waited
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

totals as (
    select
        encounter_key,
        sum({{ seconds_between('started_at', 'ended_at') }}) as held_seconds
    from parts
    group by 1
)

select * from totals
