with

events as (
    select * from {{ ref('int_encounter_events') }}
    where is_effective
),

expected_order as (
    select * from {{ ref('milestone_sequence') }}
),

pairs as (
    select
        earlier.encounter_key,
        expected_order.earlier_milestone,
        expected_order.later_milestone,
        earlier.lower_at as earlier_lower_at,
        later.upper_at as later_upper_at,
        earlier.precision in ('day', 'month')
        or later.precision in ('day', 'month') as has_date_only
    from expected_order
    inner join events as earlier
        on expected_order.earlier_milestone = earlier.milestone
    inner join events as later
        on
            expected_order.later_milestone = later.milestone
            and earlier.encounter_key = later.encounter_key
),

violations as (
    select
        encounter_key,
        count(*) as violation_count
    from pairs
    where
        later_upper_at < earlier_lower_at - interval '5' minute
        and (
            not has_date_only
            or later_upper_at < earlier_lower_at - interval '1' day
        )
    group by 1
)

select * from violations
