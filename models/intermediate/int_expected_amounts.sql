with

encounters as (
    select * from {{ ref('int_priced_encounters') }}
    where is_expected
),

charges as (
    select * from {{ ref('int_priced_charges') }}
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
            sum(charges.units * code_averages.unit_amount)
            as decimal(18, 2)
        ) as expected_amount,
        count(*) = count(code_averages.unit_amount) as is_complete
    from charges
    left join code_averages
        on
            charges.data_source = code_averages.data_source
            and charges.payer_id = code_averages.payer_id
            and charges.code = code_averages.procedure_code
    group by 1
),

candidates as (
    select
        encounters.encounter_key,
        encounters.settled_amount,
        case when code_sums.is_complete then code_sums.expected_amount end
            as code_amount,
        visit_averages.expected_amount as visit_amount
    from encounters
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
