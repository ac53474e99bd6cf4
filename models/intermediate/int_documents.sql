with

fhir_documents as (
    select * from {{ ref('int_fhir_documents') }}
),

fhir_compositions as (
    select * from {{ ref('int_fhir_compositions') }}
),

fhir_reports as (
    select * from {{ ref('int_fhir_reports') }}
),

fhir_replacements as (
    select * from {{ ref('int_fhir_replacements') }}
),

hl7v2_documents as (
    select * from {{ ref('int_hl7v2_documents') }}
),

csv_documents as (
    select * from {{ ref('stg_csv__documents') }}
),

addenda as (
    select * from {{ ref('int_document_addenda') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

from_csv as (
    select
        csv_documents.data_source,
        csv_documents.document_id,
        csv_documents.encounter_id,
        csv_documents.document_type,
        status_map.canonical_status as document_status,
        csv_documents.author_npi,
        csv_documents.replaces_document_id,
        csv_documents.cosign_required,
        csv_documents.created_at,
        csv_documents.created_at_precision,
        'csv_document_created' as created_at_evidence,
        csv_documents.signed_at,
        csv_documents.signed_at_precision,
        'csv_document_signed' as signed_at_evidence,
        csv_documents.cosigned_at,
        csv_documents.cosigned_at_precision,
        'csv_document_cosigned' as cosigned_at_evidence,
        csv_documents.source_file_id,
        csv_documents.source_position,
        coalesce(csv_documents.updated_at, csv_documents.loaded_at)
            as recorded_at,
        csv_documents.loaded_at
    from csv_documents
    left join status_maps as status_map
        on
            csv_documents.status = status_map.source_status
            and status_map.code_system = 'csv_document_status'
),

all_sources as (
    select * from fhir_documents
    union all
    select * from fhir_compositions
    union all
    select * from fhir_reports
    union all
    select * from hl7v2_documents
    union all
    select * from from_csv
),

all_replacements as (
    select
        data_source,
        document_id,
        replaces_document_id
    from fhir_replacements
    union all
    select
        data_source,
        document_id,
        replaces_document_id
    from hl7v2_documents
    union all
    select
        data_source,
        document_id,
        replaces_document_id
    from csv_documents
),

successors as (
    select
        all_replacements.data_source,
        all_replacements.replaces_document_id as document_id,
        count(*) as successor_count
    from all_replacements
    inner join all_sources
        on
            all_replacements.data_source = all_sources.data_source
            and all_replacements.document_id = all_sources.document_id
    left join addenda
        on
            all_replacements.data_source = addenda.data_source
            and all_replacements.document_id = addenda.document_id
    where
        addenda.document_id is null
        and all_replacements.replaces_document_id
        <> all_replacements.document_id
        and all_sources.document_status is distinct from 'entered-in-error'
    group by 1, 2
),

keyed as (
    select
        {{ surviving_encounter_key('all_sources') }} as encounter_key,
        all_sources.*,
        coalesce(all_sources.document_status <> 'entered-in-error', true)
        and successors.successor_count is null as is_current
    from all_sources
    left join successors
        on
            all_sources.data_source = successors.data_source
            and all_sources.document_id = successors.document_id
    left join merged_encounters
        on
            all_sources.data_source = merged_encounters.data_source
            and all_sources.encounter_id = merged_encounters.encounter_id
)

select * from keyed
