with

fhir_claims as (
    select * from {{ ref('stg_fhir__claims') }}
),

csv_claims as (
    select * from {{ ref('stg_csv__claims') }}
),

x12_claims as (
    select * from {{ ref('stg_x12__claims') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

from_fhir as (
    select
        fhir_claims.data_source,
        'fhir' as record_type,
        fhir_claims.claim_id,
        cast(null as varchar) as encounter_id,
        coalesce(fhir_claims.patient_control_number, fhir_claims.claim_id)
            as patient_control_number,
        '1' as frequency_code,
        fhir_claims.payer_id,
        fhir_claims.amount,
        fhir_claims.created_at,
        fhir_claims.created_at_precision,
        'fhir_claim_created' as created_at_evidence,
        cast(null as timestamp) as submitted_at,
        cast(null as varchar) as submitted_at_precision,
        cast(null as varchar) as submitted_at_evidence,
        status_map.canonical_status as claim_status,
        fhir_claims.source_file_id,
        fhir_claims.source_position,
        coalesce(fhir_claims.updated_at, fhir_claims.loaded_at) as recorded_at,
        fhir_claims.loaded_at
    from fhir_claims
    left join status_maps as status_map
        on
            fhir_claims.status = status_map.source_status
            and status_map.code_system = 'fhir_claim_status'
    where fhir_claims.claim_use = 'claim'
),

from_csv as (
    select
        csv_claims.data_source,
        'csv' as record_type,
        csv_claims.claim_id,
        csv_claims.encounter_id,
        coalesce(csv_claims.patient_control_number, csv_claims.claim_id)
            as patient_control_number,
        coalesce(csv_claims.frequency_code, '1') as frequency_code,
        csv_claims.payer_id,
        csv_claims.amount,
        csv_claims.created_at,
        csv_claims.created_at_precision,
        'csv_claim_created' as created_at_evidence,
        csv_claims.submitted_at,
        csv_claims.submitted_at_precision,
        'csv_claim_submitted' as submitted_at_evidence,
        status_map.canonical_status as claim_status,
        csv_claims.source_file_id,
        csv_claims.source_position,
        coalesce(csv_claims.updated_at, csv_claims.loaded_at) as recorded_at,
        csv_claims.loaded_at
    from csv_claims
    left join status_maps as status_map
        on
            csv_claims.status = status_map.source_status
            and status_map.code_system = 'csv_claim_status'
),

from_x12 as (
    select
        data_source,
        'x12' as record_type,
        claim_record_id as claim_id,
        cast(null as varchar) as encounter_id,
        patient_control_number,
        frequency_code,
        cast(null as varchar) as payer_id,
        amount,
        submitted_at as created_at,
        submitted_at_precision as created_at_precision,
        'x12_837_created' as created_at_evidence,
        case when submission_purpose_code = '00' then submitted_at end
            as submitted_at,
        case when submission_purpose_code = '00' then submitted_at_precision end
            as submitted_at_precision,
        'x12_837_submitted' as submitted_at_evidence,
        'active' as claim_status,
        source_file_id,
        source_position,
        coalesce(submitted_at, loaded_at) as recorded_at,
        loaded_at
    from x12_claims
    where
        transaction_use_code is distinct from 'RP'
        and patient_control_number is not null
),

all_sources as (
    select * from from_fhir
    union all
    select * from from_csv
    union all
    select * from from_x12
),

keyed as (
    select
        {{ surrogate_key(
            ['data_source', 'patient_control_number', 'frequency_code']
        ) }} as claim_key,
        *
    from all_sources
    where claim_status is distinct from 'entered-in-error'
)

select * from keyed
