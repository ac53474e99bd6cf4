with

holds as (
    select * from {{ ref('int_holds') }}
    where encounter_key is not null
),

hold_types as (
    select * from {{ ref('hold_types') }}
),

blockers as (
    select * from {{ ref('blockers') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

typed as (
    select
        holds.encounter_key,
        holds.hold_id,
        coalesce(hold_type.blocker_code, other_type.blocker_code)
            as blocker_code,
        holds.started_at,
        case when holds.ended_at <= clock.as_of then holds.ended_at end
            as ended_at
    from holds
    cross join clock
    inner join hold_types as other_type
        on other_type.hold_type = 'other'
    left join hold_types as hold_type
        on
            replace(
                replace(lower(trim(holds.hold_type)), ' ', '_'), '-', '_'
            ) = hold_type.hold_type
    where coalesce(holds.started_at <= clock.as_of, true)
),

staged as (
    select
        typed.*,
        blockers.stage as blocker_stage
    from typed
    inner join blockers
        on typed.blocker_code = blockers.blocker_code
)

select * from staged
