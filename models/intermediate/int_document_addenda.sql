with

fhir_addenda as (
    select * from {{ ref('stg_fhir__document_additions') }}
),

fhir_documents as (
    select * from {{ ref('int_fhir_documents') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'DocumentReference'
),

hl7v2_events as (
    select * from {{ ref('int_hl7v2_document_events') }}
),

csv_documents as (
    select * from {{ ref('stg_csv__documents') }}
),

addendum_types as (
    select * from {{ ref('document_types') }}
    where document_kind = 'addendum'
),

all_sources as (
    select
        fhir_addenda.data_source,
        fhir_addenda.document_id,
        {{ resolved_id('fhir_references', 'fhir_addenda.amends_document_id') }}
            as amends_document_id
    from fhir_addenda
    left join fhir_references
        on
            fhir_addenda.data_source = fhir_references.data_source
            and fhir_addenda.amends_document_reference
            = fhir_references.reference
    union all
    select
        fhir_documents.data_source,
        fhir_documents.document_id,
        cast(null as varchar) as amends_document_id
    from fhir_documents
    inner join addendum_types
        on fhir_documents.document_type = addendum_types.document_type
    union all
    select
        data_source,
        document_id,
        amends_document_id
    from hl7v2_events
    where is_addendum
    union all
    select
        csv_documents.data_source,
        csv_documents.document_id,
        csv_documents.replaces_document_id as amends_document_id
    from csv_documents
    inner join addendum_types
        on lower(csv_documents.document_type) = addendum_types.document_type
),

addenda as (
    select
        data_source,
        document_id,
        min(amends_document_id) as amends_document_id
    from all_sources
    group by 1, 2
)

select * from addenda
