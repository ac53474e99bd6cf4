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
        mode_code in ('professional', 'legal', 'official')
        and attested_at is not null
),

fhir_documents as (
    select * from {{ ref('stg_fhir__document_references') }}
),

compositions as (
    select * from {{ ref('stg_fhir__compositions') }}
),

composition_documents as (
    select * from {{ ref('int_fhir_composition_documents') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

provenance_signatures as (
    select
        signatures.data_source,
        coalesce(
            fhir_references.resource_type,
            signatures.target_type,
            'DocumentReference'
        ) as resource_type,
        {{ resolved_id('fhir_references', 'signatures.target_id') }}
            as resource_id,
        signature_types.signer_role,
        case signature_types.signer_role
            when 'author' then 'fhir_signature_author'
            else 'fhir_signature_cosigner'
        end as evidence_source,
        signatures.signer_reference,
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

authors as (
    select
        data_source,
        'DocumentReference' as resource_type,
        document_id as resource_id,
        author_id,
        author_reference
    from fhir_documents
    union all
    select
        data_source,
        'Composition' as resource_type,
        composition_id as resource_id,
        author_id,
        author_reference
    from compositions
),

attestations as (
    select
        attesters.*,
        coalesce(attester.provider_npi, attesters.attester_id)
        = coalesce(author.provider_npi, authors.author_id) as is_author
    from attesters
    inner join authors
        on
            attesters.data_source = authors.data_source
            and attesters.resource_type = authors.resource_type
            and attesters.document_id = authors.resource_id
    left join provider_references as attester
        on
            attesters.data_source = attester.data_source
            and attesters.attester_reference = attester.reference
    left join provider_references as author
        on
            authors.data_source = author.data_source
            and authors.author_reference = author.reference
),

all_acts as (
    select * from provenance_signatures
    union all
    select
        data_source,
        resource_type,
        document_id as resource_id,
        case when is_author then 'author' else 'cosigner' end as signer_role,
        case
            when is_author then 'fhir_composition_attester'
            else 'fhir_signature_cosigner'
        end as evidence_source,
        attester_reference as signer_reference,
        attested_at as signed_at,
        attested_at_precision as signed_at_precision
    from attestations
    where is_author is not null
),

named as (
    select
        all_acts.data_source,
        case all_acts.resource_type
            when 'DocumentReference' then all_acts.resource_id
            else coalesce(
                composition_documents.document_id,
                all_acts.resource_type || '/' || all_acts.resource_id
            )
        end as document_id,
        all_acts.signer_role,
        all_acts.evidence_source,
        all_acts.signer_reference,
        all_acts.signed_at,
        all_acts.signed_at_precision
    from all_acts
    left join composition_documents
        on
            all_acts.data_source = composition_documents.data_source
            and all_acts.resource_type = 'Composition'
            and all_acts.resource_id
            = composition_documents.composition_id
    where
        all_acts.resource_type
        in ('DocumentReference', 'Composition', 'DiagnosticReport')
)

select * from named
