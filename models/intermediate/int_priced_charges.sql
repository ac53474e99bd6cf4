with

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged and encounter_key is not null
),

billing_payers as (
    select * from {{ ref('int_billing_payers') }}
),

priced as (
    select
        charges.encounter_key,
        billing_payers.data_source,
        billing_payers.payer_id,
        charges.code,
        coalesce(charges.units, 1) as units
    from charges
    inner join billing_payers
        on charges.encounter_key = billing_payers.encounter_key
)

select * from priced
