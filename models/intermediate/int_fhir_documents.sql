with

fhir_documents as (
    select * from {{ ref('stg_fhir__document_references') }}
),

fhir_replacements as (
    select * from {{ ref('int_fhir_replacements') }}
),

signature_times as (
    select * from {{ ref('int_fhir_signature_times') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
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
        fhir_documents.data_source,
        fhir_documents.document_id,
        {{ resolved_id('encounters', 'fhir_documents.encounter_id') }}
            as encounter_id,
        fhir_documents.type_code as document_type,
        case
            when
                'entered-in-error' in (
                    reference_status.canonical_status,
                    content_status.canonical_status
                )
                then 'entered-in-error'
            when reference_status.canonical_status = 'superseded'
                then 'superseded'
            else content_status.canonical_status
        end as document_status,
        {{ resolved_id('author', 'fhir_documents.author_id', 'provider_npi') }}
            as author_npi,
        replaced_documents.replaces_document_id,
        coalesce(
            authenticator.provider_npi, fhir_documents.authenticator_id
        ) <> coalesce(author.provider_npi, fhir_documents.author_id)
            as cosign_required,
        fhir_documents.created_at,
        fhir_documents.created_at_precision,
        'fhir_document_date' as created_at_evidence,
        signature_times.signed_at,
        signature_times.signed_at_precision,
        coalesce(signature_times.signed_at_evidence, 'fhir_signature_author')
            as signed_at_evidence,
        signature_times.cosigned_at,
        signature_times.cosigned_at_precision,
        'fhir_signature_cosigner' as cosigned_at_evidence,
        fhir_documents.source_file_id,
        fhir_documents.source_position,
        coalesce(fhir_documents.updated_at, fhir_documents.loaded_at)
            as recorded_at,
        fhir_documents.loaded_at
    from fhir_documents
    left join replaced_documents
        on
            fhir_documents.data_source = replaced_documents.data_source
            and fhir_documents.document_id = replaced_documents.document_id
    left join signature_times
        on
            fhir_documents.data_source = signature_times.data_source
            and fhir_documents.document_id = signature_times.document_id
    left join fhir_references as encounters
        on
            fhir_documents.data_source = encounters.data_source
            and fhir_documents.encounter_reference = encounters.reference
            and encounters.resource_type = 'Encounter'
    left join provider_references as author
        on
            fhir_documents.data_source = author.data_source
            and fhir_documents.author_reference = author.reference
    left join provider_references as authenticator
        on
            fhir_documents.data_source = authenticator.data_source
            and fhir_documents.authenticator_reference
            = authenticator.reference
    left join status_maps as reference_status
        on
            fhir_documents.status = reference_status.source_status
            and reference_status.code_system = 'fhir_document_reference_status'
    left join status_maps as content_status
        on
            fhir_documents.content_status = content_status.source_status
            and content_status.code_system = 'fhir_document_status'
)

select * from canonical
