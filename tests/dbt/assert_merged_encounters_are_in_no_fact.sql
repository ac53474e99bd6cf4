{{ config(meta={'dagster': {'ref': {'name': 'fct_encounters'}}}) }}

-- A visit that was merged into another is counted once, as that other (X4).
with

encounters as (
    select * from {{ ref('int_encounters') }}
    where merged_into_encounter_key is not null
),

facts as (
    select * from {{ ref('fct_encounters') }}
),

counted_twice as (
    select encounters.encounter_key
    from encounters
    inner join facts
        on encounters.encounter_key = facts.encounter_key
)

select * from counted_twice
