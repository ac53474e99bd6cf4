{% set dimensions = {
    'provider': 'encounters.provider_key',
    'facility': 'encounters.facility_key',
    'visit_type': 'encounters.visit_type',
    'payer': 'encounters.payer_key',
    'template': 'encounters.note_type',
    'weekday': 'cast(' ~ weekday_number('encounters.service_date')
        ~ ' as varchar)',
} -%}
with

gaps as (
    select * from {{ ref('fct_documentation_gaps') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

limits as (
    select
        max(value) filter (where threshold = 'pattern_days') as most_days,
        max(value) filter (where threshold = 'pattern_min_age') as min_age
    from {{ ref('thresholds') }}
),

mature as (
    select encounters.*
    from encounters
    cross join clock
    cross join limits
    where
        {{ days_between(
            'encounters.service_date', 'cast(clock.as_of as date)'
        ) }} between limits.min_age and limits.most_days
),

valued as (
    {% for dimension, value in dimensions.items() -%}
    select
        '{{ dimension }}' as dimension,
        {{ value }} as dimension_value,
        gaps.requirement_id,
        gaps.result
    from gaps
    inner join mature as encounters
        on gaps.encounter_key = encounters.encounter_key
    where {{ value }} is not null
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

counted as (
    select
        dimension,
        dimension_value,
        requirement_id,
        count(*) filter (where result = 'not_met') as missing_count,
        count(*) filter (where result <> 'unknown') as judged_count,
        count(*) filter (where result = 'unknown') as unknown_count
    from valued
    group by 1, 2, 3
)

select * from counted
