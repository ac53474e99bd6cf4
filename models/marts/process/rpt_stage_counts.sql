with

stages as (
    select * from {{ ref('stages') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

counted as (
    select
        stages.stage,
        stages.stage_order,
        stages.label as stage_label,
        stages.is_open,
        count(encounters.encounter_key) as encounter_count,
        cast(sum(encounters.charged_amount) as decimal(18, 2))
            as charged_amount,
        cast(sum(encounters.expected_amount) as decimal(18, 2))
            as expected_amount,
        clock.as_of
    from stages
    cross join clock
    left join encounters
        on stages.stage = encounters.stage
    group by 1, 2, 3, 4, 8
)

select * from counted
