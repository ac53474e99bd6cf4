with

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
),

keyed as (
    select
        {{ surrogate_key(['data_source', 'remittance_id']) }}
            as remittance_key,
        data_source,
        remittance_id,
        claim_key,
        patient_control_number,
        payer_claim_number,
        claim_status_code,
        remittance_status,
        adjudicated_at,
        paid_at,
        cast(charge_amount as decimal(18, 2)) as charge_amount,
        cast(paid_amount as decimal(18, 2)) as paid_amount,
        cast(patient_amount as decimal(18, 2)) as patient_amount,
        cast(refused_amount as decimal(18, 2)) as refused_amount,
        coalesce(is_decision, false) as is_decision,
        is_denied,
        is_denied and has_documentation_code as is_documentation_denial,
        is_duplicate,
        is_taken_back,
        source_file_id,
        source_position
    from remittances
    where remittance_status is distinct from 'price_only'
)

select * from keyed
