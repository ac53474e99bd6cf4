with

x12_remittances as (
    select * from {{ ref('stg_x12__remittances') }}
),

csv_remittances as (
    select * from {{ ref('int_csv_remittances') }}
),

explanations as (
    select * from {{ ref('stg_fhir__explanations_of_benefit') }}
),

fhir_claims as (
    select * from {{ ref('stg_fhir__claims') }}
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

from_fhir as (
    select
        explanations.data_source,
        explanations.explanation_id as remittance_id,
        coalesce(fhir_claims.patient_control_number, explanations.claim_id)
            as patient_control_number,
        cast(null as varchar) as frequency_code,
        cast(null as varchar) as payer_claim_number,
        cast(null as varchar) as claim_status_code,
        status_map.canonical_status as remittance_status,
        cast(null as decimal(18, 2)) as charge_amount,
        explanations.paid_amount,
        cast(null as decimal(18, 2)) as patient_amount,
        case
            when status_map.canonical_status is not null
                then explanations.created_at
        end as adjudicated_at,
        explanations.created_at_precision as adjudicated_at_precision,
        'fhir_eob_created' as adjudicated_at_evidence,
        explanations.paid_at,
        explanations.paid_at_precision,
        'fhir_eob_payment' as paid_at_evidence,
        explanations.source_file_id,
        explanations.source_position,
        coalesce(explanations.updated_at, explanations.loaded_at)
            as recorded_at,
        explanations.loaded_at
    from explanations
    left join fhir_claims
        on
            explanations.data_source = fhir_claims.data_source
            and explanations.claim_id = fhir_claims.claim_id
    left join status_maps as status_map
        on
            explanations.outcome = status_map.source_status
            and status_map.code_system = 'fhir_eob_outcome'
    where
        explanations.claim_use = 'claim'
        and explanations.status = 'active'
),

all_sources as (
    select * from from_x12
    union all
    select * from from_fhir
    union all
    select * from csv_remittances
)

select * from all_sources
