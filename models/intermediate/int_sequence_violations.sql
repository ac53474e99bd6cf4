with

events as (
    select * from {{ ref('int_encounter_events') }}
    where is_effective
),

expected_order as (
    select * from {{ ref('milestone_sequence') }}
),

milestones as (
    select * from {{ ref('milestones') }}
),

thresholds as (
    select * from {{ ref('thresholds') }}
),

ordered as (
    select
        expected_order.earlier_milestone,
        expected_order.later_milestone,
        case
            when earlier_milestone.authority = later_milestone.authority then 0
            else tolerance.value * 60
        end as tolerance_seconds
    from expected_order
    inner join milestones as earlier_milestone
        on expected_order.earlier_milestone = earlier_milestone.milestone
    inner join milestones as later_milestone
        on expected_order.later_milestone = later_milestone.milestone
    inner join thresholds as tolerance
        on tolerance.threshold = 'clock_tolerance_minutes'
),

pairs as (
    select
        earlier.encounter_key,
        ordered.tolerance_seconds,
        earlier.lower_at as earlier_lower_at,
        later.upper_at as later_upper_at,
        earlier.precision in ('day', 'month')
        or later.precision in ('day', 'month') as has_date_only
    from ordered
    inner join events as earlier
        on ordered.earlier_milestone = earlier.milestone
    inner join events as later
        on
            ordered.later_milestone = later.milestone
            and earlier.encounter_key = later.encounter_key
),

violations as (
    select
        encounter_key,
        count(*) as violation_count
    from pairs
    where
        later_upper_at < {{ add_seconds(
            'earlier_lower_at', '-1 * tolerance_seconds'
        ) }}
        and (
            not has_date_only
            or later_upper_at < earlier_lower_at - interval '1' day
        )
    group by 1
)

select * from violations
