with

fhir_claims as (
    select * from {{ ref('stg_fhir__claims') }}
),

csv_claims as (
    select * from {{ ref('stg_csv__claims') }}
),

x12_claims as (
    select * from {{ ref('int_x12_claims') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

claim_frequencies as (
    select * from {{ ref('claim_frequencies') }}
),

from_fhir as (
    select
        fhir_claims.data_source,
        'fhir' as record_type,
        fhir_claims.claim_id,
        cast(null as varchar) as encounter_id,
        coalesce(fhir_claims.patient_control_number, fhir_claims.claim_id)
            as patient_control_number,
        coalesce(relation_map.canonical_status, '1') as frequency_code,
        fhir_claims.payer_id,
        fhir_claims.amount,
        fhir_claims.created_at,
        fhir_claims.created_at_precision,
        'fhir_claim_created' as created_at_evidence,
        cast(null as timestamp) as submitted_at,
        cast(null as varchar) as submitted_at_precision,
        cast(null as varchar) as submitted_at_evidence,
        status_map.canonical_status as claim_status,
        case
            when relation_map.canonical_status is not null
                then fhir_claims.related_claim_id
        end as replaces_claim_id,
        cast(null as varchar) as replaces_payer_claim_number,
        cast(null as varchar) as submission_id,
        cast(null as timestamp) as transmitted_at,
        false as is_rejected_file,
        cast(null as varchar) as implementation,
        cast(null as varchar) as delay_reason_code,
        cast(null as bigint) as undiagnosed_line_count,
        fhir_claims.source_file_id,
        fhir_claims.source_position,
        coalesce(fhir_claims.updated_at, fhir_claims.loaded_at) as recorded_at,
        fhir_claims.loaded_at
    from fhir_claims
    left join status_maps as status_map
        on
            fhir_claims.status = status_map.source_status
            and status_map.code_system = 'fhir_claim_status'
    left join status_maps as relation_map
        on
            fhir_claims.relationship_code = relation_map.source_status
            and relation_map.code_system = 'fhir_claim_relationship'
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
        coalesce(
            csv_claims.frequency_code,
            case when csv_claims.replaces_claim_id is not null then '7' end,
            '1'
        ) as frequency_code,
        csv_claims.payer_id,
        csv_claims.amount,
        csv_claims.created_at,
        csv_claims.created_at_precision,
        'csv_claim_created' as created_at_evidence,
        csv_claims.submitted_at,
        csv_claims.submitted_at_precision,
        'csv_claim_submitted' as submitted_at_evidence,
        status_map.canonical_status as claim_status,
        csv_claims.replaces_claim_id,
        cast(null as varchar) as replaces_payer_claim_number,
        cast(null as varchar) as submission_id,
        csv_claims.submitted_at as transmitted_at,
        false as is_rejected_file,
        cast(null as varchar) as implementation,
        cast(null as varchar) as delay_reason_code,
        cast(null as bigint) as undiagnosed_line_count,
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

all_sources as (
    select * from from_fhir
    union all
    select * from from_csv
    union all
    select * from x12_claims
),

kinds as (
    select
        all_sources.*,
        coalesce(claim_frequencies.claim_kind, 'original') as claim_kind,
        coalesce(claim_frequencies.sets_milestones, false) as sets_milestones,
        all_sources.frequency_code
        || case
            when claim_frequencies.is_repeatable
                then coalesce(' ' || cast(all_sources.amount as varchar), '')
            else ''
        end as claim_part
    from all_sources
    left join claim_frequencies
        on all_sources.frequency_code = claim_frequencies.frequency_code
    where all_sources.claim_status is distinct from 'entered-in-error'
),

keyed as (
    select
        {{ surrogate_key(
            ['data_source', 'patient_control_number', 'claim_part']
        ) }} as claim_key,
        *
    from kinds
)

select * from keyed
