with

hand_offs as (
    select * from {{ ref('fct_hand_offs') }}
),

settings as (
    select cast(value as bigint) as window_days from {{ ref('thresholds') }}
    where threshold = 'flow_window_days'
),

clock as (
    select * from {{ ref('int_clock') }}
),

recent as (
    select hand_offs.*
    from hand_offs
    cross join settings
    cross join clock
    where
        {{ seconds_between('hand_offs.service_end_at', 'clock.as_of') }}
        <= settings.window_days * 86400
),

counted as (
    select
        facility_key,
        from_owner_role,
        to_owner_role,
        count(*) as hand_off_count,
        count(distinct encounter_key) as encounter_count,
        count(*) filter (where is_held_now) as held_now_count,
        cast(sum(held_seconds) / 3600.0 as decimal(18, 2))
            as held_hours
    from recent
    group by 1, 2, 3
)

select * from counted
