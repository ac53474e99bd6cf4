with

claim_statuses as (
    select * from {{ ref('int_claim_statuses') }}
),

remittances as (
    select * from {{ ref('int_remittances') }}
),

answers as (
    select
        data_source,
        payer_claim_number,
        patient_control_number
    from claim_statuses
    union all
    select
        data_source,
        payer_claim_number,
        patient_control_number
    from remittances
),

numbers as (
    select
        data_source,
        payer_claim_number,
        min(patient_control_number) as patient_control_number,
        max(patient_control_number) as last_patient_control_number
    from answers
    where
        payer_claim_number is not null
        and patient_control_number is not null
    group by 1, 2
),

unambiguous as (
    select
        data_source,
        payer_claim_number,
        patient_control_number
    from numbers
    where patient_control_number = last_patient_control_number
)

select * from unambiguous
