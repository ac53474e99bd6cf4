with

reports as (
    select * from {{ ref('stg_fhir__diagnostic_reports') }}
),

signature_times as (
    select * from {{ ref('int_fhir_signature_times') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'Encounter'
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

categories as (
    select * from status_maps
    where code_system = 'fhir_report_category'
),

notes as (
    select
        reports.data_source,
        reports.diagnostic_report_id
    from reports
    inner join categories
        on
            reports.category_codes
            like '%,' || categories.source_status || ',%'
    group by 1, 2
),

canonical as (
    select
        reports.data_source,
        'DiagnosticReport/' || reports.diagnostic_report_id as document_id,
        {{ resolved_id('fhir_references', 'reports.encounter_id') }}
            as encounter_id,
        reports.type_code as document_type,
        report_status.canonical_status as document_status,
        {{ resolved_id(
            'provider_references', 'reports.interpreter_id', 'provider_npi'
        ) }} as author_npi,
        cast(null as varchar) as replaces_document_id,
        cast(null as boolean) as cosign_required,
        cast(null as timestamp) as created_at,
        cast(null as varchar) as created_at_precision,
        cast(null as varchar) as created_at_evidence,
        signature_times.signed_at,
        signature_times.signed_at_precision,
        coalesce(signature_times.signed_at_evidence, 'fhir_signature_author')
            as signed_at_evidence,
        signature_times.cosigned_at,
        signature_times.cosigned_at_precision,
        'fhir_signature_cosigner' as cosigned_at_evidence,
        reports.source_file_id,
        reports.source_position,
        coalesce(reports.updated_at, reports.loaded_at) as recorded_at,
        reports.loaded_at
    from reports
    inner join notes
        on
            reports.data_source = notes.data_source
            and reports.diagnostic_report_id = notes.diagnostic_report_id
    left join signature_times
        on
            reports.data_source = signature_times.data_source
            and 'DiagnosticReport/' || reports.diagnostic_report_id
            = signature_times.document_id
    left join fhir_references
        on
            reports.data_source = fhir_references.data_source
            and reports.encounter_reference = fhir_references.reference
    left join provider_references
        on
            reports.data_source = provider_references.data_source
            and reports.interpreter_reference = provider_references.reference
    left join status_maps as report_status
        on
            reports.status = report_status.source_status
            and report_status.code_system = 'fhir_document_status'
)

select * from canonical
