with

encounters as (
    select * from {{ ref('int_encounters') }}
    where merged_into_encounter_key is null
),

survivors as (
    select * from {{ ref('int_survivors') }}
),

visits as (
    select
        encounters.encounter_key,
        survivors.merged_at,
        'visit' as entity
    from encounters
    inner join survivors
        on
            encounters.data_source = survivors.data_source
            and encounters.encounter_id = survivors.prior_id
    where survivors.entity = 'visit'
),

patients as (
    select
        encounters.encounter_key,
        survivors.merged_at,
        'patient' as entity
    from encounters
    inner join survivors
        on
            encounters.data_source = survivors.data_source
            and encounters.patient_id = survivors.prior_id
    where survivors.entity = 'patient' and survivors.surviving_id is null
),

all_entities as (
    select * from visits
    union all
    select * from patients
),

unresolved as (
    select
        encounter_key,
        min(merged_at) as merged_at,
        'merged, survivor unknown: '
        || string_agg(entity, ', ' order by entity) as evidence
    from all_entities
    group by 1
)

select * from unresolved
