with

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged and encounter_key is not null and code is not null
),

duplicate_answers as (
    select * from {{ ref('int_duplicate_claim_answers') }}
),

repetitions as (
    select
        encounter_key,
        code,
        modifiers,
        component,
        units,
        amount,
        cast(service_at as date) as service_date,
        max(entered_at) as repeated_at,
        count(*) as charge_count
    from charges
    group by 1, 2, 3, 4, 5, 6, 7
    having count(*) > 1
),

all_sources as (
    select
        encounter_key,
        repeated_at,
        'charges ' || cast(charge_count as varchar) as evidence
    from repetitions
    union all
    select
        encounter_key,
        answered_at as repeated_at,
        evidence
    from duplicate_answers
),

repeated as (
    select
        encounter_key,
        repeated_at,
        string_agg(evidence, ', ' order by evidence) as evidence
    from all_sources
    group by 1, 2
)

select * from repeated
