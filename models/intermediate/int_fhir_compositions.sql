with

compositions as (
    select * from {{ ref('stg_fhir__compositions') }}
),

composition_documents as (
    select * from {{ ref('int_fhir_composition_documents') }}
    where not is_described
),

fhir_replacements as (
    select * from {{ ref('int_fhir_replacements') }}
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
    where code_system = 'fhir_document_status'
),

replaced_documents as (
    select
        data_source,
        document_id,
        min(replaces_document_id) as replaces_document_id
    from fhir_replacements
    group by 1, 2
),

canonical as (
    select
        compositions.data_source,
        composition_documents.document_id,
        {{ resolved_id('fhir_references', 'compositions.encounter_id') }}
            as encounter_id,
        compositions.type_code as document_type,
        status_maps.canonical_status as document_status,
        {{ resolved_id(
            'provider_references', 'compositions.author_id', 'provider_npi'
        ) }} as author_npi,
        replaced_documents.replaces_document_id,
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
        compositions.source_file_id,
        compositions.source_position,
        coalesce(compositions.updated_at, compositions.loaded_at)
            as recorded_at,
        compositions.loaded_at
    from compositions
    inner join composition_documents
        on
            compositions.data_source = composition_documents.data_source
            and compositions.composition_id
            = composition_documents.composition_id
    left join replaced_documents
        on
            composition_documents.data_source = replaced_documents.data_source
            and composition_documents.document_id
            = replaced_documents.document_id
    left join signature_times
        on
            composition_documents.data_source = signature_times.data_source
            and composition_documents.document_id = signature_times.document_id
    left join fhir_references
        on
            compositions.data_source = fhir_references.data_source
            and compositions.encounter_reference = fhir_references.reference
    left join provider_references
        on
            compositions.data_source = provider_references.data_source
            and compositions.author_reference = provider_references.reference
    left join status_maps
        on compositions.status = status_maps.source_status
)

select * from canonical
