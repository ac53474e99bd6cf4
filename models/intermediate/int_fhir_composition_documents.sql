with

compositions as (
    select * from {{ ref('stg_fhir__compositions') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where
        resource_type = 'DocumentReference'
        and resource_id is not null
),

fhir_documents as (
    select * from {{ ref('stg_fhir__document_references') }}
),

described as (
    select
        compositions.data_source,
        compositions.composition_id,
        fhir_documents.document_id is not null as is_described,
        coalesce(
            fhir_documents.document_id,
            'Composition/' || compositions.composition_id
        ) as document_id
    from compositions
    left join fhir_references
        on
            compositions.data_source = fhir_references.data_source
            and 'DocumentReference?'
            || coalesce(compositions.identifier_system, '') || '|'
            || compositions.identifier_value
            = fhir_references.reference
    left join fhir_documents
        on
            fhir_references.data_source = fhir_documents.data_source
            and fhir_references.resource_id = fhir_documents.document_id
)

select * from described
