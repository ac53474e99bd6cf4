with

x12_remittances as (
    select * from {{ ref('stg_x12__remittances') }}
),

csv_remittances as (
    select * from {{ ref('int_csv_remittances') }}
),

fhir_remittances as (
    select * from {{ ref('int_fhir_remittances') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

from_x12 as (
    select
        x12_remittances.data_source,
        x12_remittances.remittance_id,
        x12_remittances.patient_control_number,
        x12_remittances.frequency_code,
        x12_remittances.payer_claim_number,
        x12_remittances.claim_status_code,
        status_map.canonical_status as remittance_status,
        x12_remittances.charge_amount,
        x12_remittances.paid_amount,
        x12_remittances.patient_amount,
        x12_remittances.adjudicated_at,
        'day' as adjudicated_at_precision,
        'x12_835_adjudicated' as adjudicated_at_evidence,
        x12_remittances.paid_at,
        'day' as paid_at_precision,
        'x12_835_paid' as paid_at_evidence,
        x12_remittances.source_file_id,
        x12_remittances.source_position,
        coalesce(x12_remittances.paid_at, x12_remittances.loaded_at)
            as recorded_at,
        x12_remittances.loaded_at
    from x12_remittances
    left join status_maps as status_map
        on
            x12_remittances.claim_status_code = status_map.source_status
            and status_map.code_system = 'x12_claim_status'
),

all_sources as (
    select * from from_x12
    union all
    select * from fhir_remittances
    union all
    select * from csv_remittances
)

select * from all_sources
