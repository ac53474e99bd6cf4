{{ config(meta={'dagster': {'ref': {'name': 'fct_claims'}}}) }}

-- What a claim is worth is shared out over its encounters without remainder.
-- Claims that also reach an encounter entered in error are left out.
with

claims as (
    select * from {{ ref('fct_claims') }}
),

links as (
    select * from {{ ref('int_encounter_claims') }}
),

allocated as (
    select
        claim_key,
        sum(allocated_amount) as allocated_amount
    from links
    group by 1
),

differences as (
    select
        claims.claim_key,
        claims.claim_amount,
        allocated.allocated_amount
    from claims
    inner join allocated
        on claims.claim_key = allocated.claim_key
    where claims.claim_amount is distinct from allocated.allocated_amount
)

select * from differences
