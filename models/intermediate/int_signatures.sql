with

documents as (
    select * from {{ ref('int_documents') }}
),

fhir_signatures as (
    select * from {{ ref('int_fhir_signatures') }}
),

hl7v2_signatures as (
    select * from {{ ref('int_hl7v2_signatures') }}
),

csv_signatures as (
    select * from {{ ref('int_csv_signatures') }}
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

all_signatures as (
    select
        fhir_signatures.data_source,
        fhir_signatures.document_id,
        fhir_signatures.signer_role,
        fhir_signatures.evidence_source,
        {{ resolved_id(
            'provider_references',
            reference_id('fhir_signatures.signer_reference'),
            'provider_npi'
        ) }} as signer_npi,
        fhir_signatures.signed_at,
        fhir_signatures.signed_at_precision,
        cast(null as varchar) as source_file_id,
        cast(null as bigint) as source_position,
        cast(null as timestamp) as recorded_at
    from fhir_signatures
    left join provider_references
        on
            fhir_signatures.data_source = provider_references.data_source
            and fhir_signatures.signer_reference
            = provider_references.reference
    union all
    select * from hl7v2_signatures
    union all
    select * from csv_signatures
),

placed as (
    select
        all_signatures.data_source,
        all_signatures.document_id,
        documents.encounter_key,
        all_signatures.signer_role,
        all_signatures.evidence_source,
        all_signatures.signer_npi,
        all_signatures.signed_at,
        all_signatures.signed_at_precision,
        coalesce(all_signatures.source_file_id, documents.source_file_id)
            as source_file_id,
        coalesce(all_signatures.source_position, documents.source_position)
            as source_position,
        coalesce(all_signatures.recorded_at, documents.recorded_at)
            as recorded_at
    from all_signatures
    inner join documents
        on
            all_signatures.data_source = documents.data_source
            and all_signatures.document_id = documents.document_id
)

select * from placed
