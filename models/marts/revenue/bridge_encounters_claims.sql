with

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

selected as (
    select
        encounter_claims.encounter_key,
        encounter_claims.claim_key,
        encounter_claims.match_grade,
        encounter_claims.allocated_amount
    from encounter_claims
    inner join encounters
        on encounter_claims.encounter_key = encounters.encounter_key
)

select * from selected
