with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged and encounter_key is not null
),

modifiers as (
    select
        encounter_key,
        {{ list_entry('modifiers', 'place') }} as code,
        cast(service_at as date) as service_date
    from charges {{ list_places('modifiers', 'place') }}
    where modifiers is not null
),

all_codes as (
    select
        encounter_key,
        'visit_type' as code_type,
        visit_type as code,
        cast(null as date) as service_date
    from encounters
    union all
    select
        encounter_key,
        'procedure' as code_type,
        code,
        cast(service_at as date) as service_date
    from charges
    union all
    select
        encounter_key,
        'component' as code_type,
        component as code,
        cast(null as date) as service_date
    from charges
    union all
    select
        encounter_key,
        'modifier' as code_type,
        code,
        service_date
    from modifiers
),

codes as (
    select
        encounter_key,
        code_type,
        code,
        service_date,
        count(*) as line_count
    from all_codes
    where code is not null
    group by 1, 2, 3, 4
)

select * from codes
