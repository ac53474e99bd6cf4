with

encounters as (
    select * from {{ ref('int_encounters') }}
    where
        encounter_status is distinct from 'entered-in-error'
        and encounter_status is distinct from 'cancelled'
        and encounter_status is distinct from 'noshow'
),

visit_types as (
    select * from {{ ref('visit_types') }}
    where is_billable
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
),

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged and encounter_key is not null
),

billing_payers as (
    select * from {{ ref('int_billing_payers') }}
),

code_averages as (
    select * from {{ ref('int_code_averages') }}
),

visit_averages as (
    select * from {{ ref('int_visit_averages') }}
),

code_sums as (
    select
        charges.encounter_key,
        cast(
            sum(coalesce(charges.units, 1) * code_averages.unit_amount)
            as decimal(18, 2)
        ) as expected_amount,
        count(*) = count(code_averages.unit_amount) as is_complete
    from charges
    inner join billing_payers
        on charges.encounter_key = billing_payers.encounter_key
    left join code_averages
        on
            billing_payers.data_source = code_averages.data_source
            and billing_payers.payer_id = code_averages.payer_id
            and charges.code = code_averages.procedure_code
    group by 1
),

candidates as (
    select
        encounters.encounter_key,
        case when settlements.is_settled then settlements.allowed_amount end
            as settled_amount,
        case when code_sums.is_complete then code_sums.expected_amount end
            as code_amount,
        visit_averages.expected_amount as visit_amount
    from encounters
    inner join visit_types
        on encounters.visit_type = visit_types.visit_type
    left join settlements
        on encounters.encounter_key = settlements.encounter_key
    left join code_sums
        on encounters.encounter_key = code_sums.encounter_key
    left join visit_averages
        on
            encounters.data_source = visit_averages.data_source
            and encounters.visit_type = visit_averages.visit_type
),

expected as (
    select
        encounter_key,
        coalesce(settled_amount, code_amount, visit_amount)
            as expected_amount,
        case
            when settled_amount is not null then 'settled'
            when code_amount is not null then 'payer_code_average'
            when visit_amount is not null then 'visit_type_average'
        end as expected_amount_method
    from candidates
)

select * from expected
