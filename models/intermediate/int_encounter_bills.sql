with

claims as (
    select * from {{ ref('int_claims_resolved') }}
    where first_transmitted_at is not null
),

standings as (
    select * from {{ ref('int_claim_standings') }}
    where claim_standing not in ('cancelled', 'voided', 'void')
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

bills as (
    select
        encounter_claims.encounter_key,
        min(claims.first_transmitted_at) as first_billed_at
    from encounter_claims
    inner join claims
        on encounter_claims.claim_key = claims.claim_key
    inner join standings
        on encounter_claims.claim_key = standings.claim_key
    group by 1
)

select * from bills
