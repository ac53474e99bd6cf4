with

lines as (
    select * from {{ ref('int_remittance_lines') }}
    where not is_denied and units > 0 and procedure_code is not null
),

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
    where is_decision and not is_denied and not is_taken_back
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
    where share = 1
),

billing_payers as (
    select * from {{ ref('int_billing_payers') }}
),

allowed_lines as (
    select
        encounter_claims.encounter_key,
        lines.data_source,
        billing_payers.payer_id,
        lines.procedure_code,
        lines.units,
        lines.allowed_amount
    from lines
    inner join remittances
        on
            lines.data_source = remittances.data_source
            and lines.remittance_id = remittances.remittance_id
    inner join encounter_claims
        on remittances.claim_key = encounter_claims.claim_key
    inner join billing_payers
        on encounter_claims.encounter_key = billing_payers.encounter_key
    where billing_payers.payer_id is not null
)

select * from allowed_lines
