with

signatures as (
    select * from {{ ref('stg_fhir__provenance_signatures') }}
),

signature_types as (
    select * from {{ ref('signature_types') }}
),

attesters as (
    select * from {{ ref('stg_fhir__attesters') }}
    where
        resource_type = 'DocumentReference'
        and mode_code in ('professional', 'legal', 'official')
        and attested_at is not null
),

fhir_documents as (
    select * from {{ ref('stg_fhir__document_references') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'DocumentReference'
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

provenance_signatures as (
    select
        signatures.data_source,
        {{ resolved_id('fhir_references', 'signatures.target_id') }}
            as document_id,
        signature_types.signer_role,
        case signature_types.signer_role
            when 'author' then 'fhir_signature_author'
            else 'fhir_signature_cosigner'
        end as evidence_source,
        signatures.signed_at,
        signatures.signed_at_precision
    from signatures
    inner join signature_types
        on signatures.signature_type_code = signature_types.signature_type_code
    left join fhir_references
        on
            signatures.data_source = fhir_references.data_source
            and signatures.target_reference = fhir_references.reference
),

attestations as (
    select
        attesters.data_source,
        attesters.document_id,
        'author' as signer_role,
        'fhir_composition_attester' as evidence_source,
        attesters.attested_at as signed_at,
        attesters.attested_at_precision as signed_at_precision
    from attesters
    inner join fhir_documents
        on
            attesters.data_source = fhir_documents.data_source
            and attesters.document_id = fhir_documents.document_id
    left join provider_references as attester
        on
            attesters.data_source = attester.data_source
            and attesters.attester_reference = attester.reference
    left join provider_references as author
        on
            fhir_documents.data_source = author.data_source
            and fhir_documents.author_reference = author.reference
    where
        coalesce(attester.provider_npi, attesters.attester_id)
        = coalesce(author.provider_npi, fhir_documents.author_id)
),

all_signatures as (
    select * from provenance_signatures
    union all
    select * from attestations
)

select * from all_signatures
