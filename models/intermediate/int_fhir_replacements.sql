with

document_replacements as (
    select * from {{ ref('stg_fhir__document_replacements') }}
),

composition_replacements as (
    select * from {{ ref('stg_fhir__composition_replacements') }}
),

composition_documents as (
    select * from {{ ref('int_fhir_composition_documents') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
),

of_documents as (
    select
        document_replacements.data_source,
        document_replacements.document_id,
        {{ resolved_id(
            'fhir_references', 'document_replacements.replaces_document_id'
        ) }} as replaces_document_id
    from document_replacements
    left join fhir_references
        on
            document_replacements.data_source = fhir_references.data_source
            and document_replacements.replaces_document_reference
            = fhir_references.reference
            and fhir_references.resource_type = 'DocumentReference'
),

resolved_compositions as (
    select
        composition_replacements.data_source,
        composition_replacements.composition_id,
        {{ resolved_id(
            'fhir_references',
            'composition_replacements.replaces_composition_id'
        ) }} as replaces_composition_id
    from composition_replacements
    left join fhir_references
        on
            composition_replacements.data_source = fhir_references.data_source
            and composition_replacements.replaces_composition_reference
            = fhir_references.reference
            and fhir_references.resource_type = 'Composition'
),

of_compositions as (
    select
        resolved_compositions.data_source,
        successor.document_id,
        predecessor.document_id as replaces_document_id
    from resolved_compositions
    inner join composition_documents as successor
        on
            resolved_compositions.data_source = successor.data_source
            and resolved_compositions.composition_id = successor.composition_id
    inner join composition_documents as predecessor
        on
            resolved_compositions.data_source = predecessor.data_source
            and resolved_compositions.replaces_composition_id
            = predecessor.composition_id
),

all_replacements as (
    select * from of_documents
    union all
    select * from of_compositions
),

grouped as (
    select
        data_source,
        document_id,
        replaces_document_id
    from all_replacements
    where replaces_document_id is not null
    group by 1, 2, 3
)

select * from grouped
