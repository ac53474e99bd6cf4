with

codes as (
    select * from {{ ref('int_remittance_code_grades') }}
    where effect = 'duplicate'
),

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

answers as (
    select
        encounter_claims.encounter_key,
        remittances.adjudicated_at as answered_at,
        max(codes.code_list || ' ' || codes.code) as evidence
    from codes
    inner join remittances
        on
            codes.data_source = remittances.data_source
            and codes.remittance_id = remittances.remittance_id
    inner join encounter_claims
        on remittances.claim_key = encounter_claims.claim_key
    group by 1, 2
)

select * from answers
