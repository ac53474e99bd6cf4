with

encounter_codes as (
    select * from {{ ref('int_encounter_codes') }}
    where code_type = 'modifier'
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

sources as (
    select encounters.data_source
    from encounter_codes
    inner join encounters
        on encounter_codes.encounter_key = encounters.encounter_key
    group by 1
)

select * from sources
