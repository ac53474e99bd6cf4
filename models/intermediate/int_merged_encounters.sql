with

visit_survivors as (
    select * from {{ ref('int_visit_survivors') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

merged as (
    select
        visit_survivors.data_source,
        visit_survivors.encounter_id,
        visit_survivors.surviving_encounter_id,
        visit_survivors.merged_at
    from visit_survivors
    inner join encounters
        on
            visit_survivors.data_source = encounters.data_source
            and visit_survivors.surviving_encounter_id
            = encounters.encounter_id
    where
        not visit_survivors.is_by_account
        or encounters.encounter_identifier is null
)

select * from merged
