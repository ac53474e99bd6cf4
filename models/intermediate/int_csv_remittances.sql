with

remittances as (
    select * from {{ ref('stg_csv__remittances') }}
),

adjustments as (
    select * from {{ ref('stg_csv__remittance_adjustments') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

patient_amounts as (
    select
        data_source,
        remittance_id,
        sum(case when group_code = 'PR' then amount else 0 end)
            as patient_amount
    from adjustments
    group by 1, 2
),

canonical as (
    select
        remittances.data_source,
        remittances.remittance_id,
        remittances.patient_control_number,
        cast(null as varchar) as frequency_code,
        cast(null as varchar) as payer_claim_number,
        remittances.claim_status_code,
        status_map.canonical_status as remittance_status,
        remittances.charge_amount,
        remittances.paid_amount,
        case
            when patient_amounts.remittance_id is not null
                then patient_amounts.patient_amount
            when remittances.paid_amount = remittances.charge_amount
                then 0
        end as patient_amount,
        remittances.adjudicated_at,
        remittances.adjudicated_at_precision,
        'csv_remittance_adjudicated' as adjudicated_at_evidence,
        remittances.paid_at,
        remittances.paid_at_precision,
        'csv_remittance_paid' as paid_at_evidence,
        remittances.source_file_id,
        remittances.source_position,
        remittances.loaded_at as recorded_at,
        remittances.loaded_at
    from remittances
    left join patient_amounts
        on
            remittances.data_source = patient_amounts.data_source
            and remittances.remittance_id = patient_amounts.remittance_id
    left join status_maps as status_map
        on
            remittances.claim_status_code = status_map.source_status
            and status_map.code_system = 'x12_claim_status'
)

select * from canonical
