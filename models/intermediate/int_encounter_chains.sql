with

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

encounter_chains as (
    select
        encounter_claims.encounter_key,
        claims.chain_key
    from encounter_claims
    inner join claims
        on encounter_claims.claim_key = claims.claim_key
    group by 1, 2
)

select * from encounter_chains
