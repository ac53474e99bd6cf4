{%- set told = [
    'coalesce(sent_at, loaded_at)', 'source_file_id', 'source_position'
] -%}

with

document_events as (
    select * from {{ ref('int_hl7v2_document_events') }}
),

signatures as (
    select * from {{ ref('stg_hl7v2__document_signatures') }}
    where signed_at is not null
),

documents as (
    select * from {{ ref('int_hl7v2_documents') }}
),

signed as (
    select
        document_events.data_source,
        document_events.document_id,
        document_events.author,
        document_events.author_id,
        document_events.sent_at,
        signatures.signer_id,
        signatures.signed_at,
        signatures.signed_at_precision,
        signatures.source_file_id,
        signatures.source_position,
        signatures.loaded_at,
        coalesce(signatures.signer_id = document_events.author_id, false)
            as is_author
    from document_events
    inner join signatures
        on
            document_events.message_key = signatures.message_key
            and document_events.document_index = signatures.document_index
),

known_authors as (
    select
        *,
        bool_or(is_author) over (partition by data_source, document_id)
            as has_author,
        min(signed_at) over (partition by data_source, document_id)
            as first_signed_at
    from signed
),

acts as (
    select
        data_source,
        document_id,
        case
            when is_author then 'author'
            when not has_author and signed_at = first_signed_at then 'author'
            else 'cosigner'
        end as signer_role,
        case when is_author then author else signer_id end as signer_npi,
        signed_at,
        min(signed_at_precision) as signed_at_precision,
        {{ of_first_row('source_file_id', told) }} as source_file_id,
        {{ of_first_row('source_position', told) }} as source_position,
        min(coalesce(sent_at, loaded_at)) as recorded_at
    from known_authors
    group by 1, 2, 3, 4, 5
),

all_acts as (
    select
        data_source,
        document_id,
        signer_role,
        case signer_role
            when 'author' then 'hl7v2_signature_author'
            else 'hl7v2_signature_cosigner'
        end as evidence_source,
        signer_npi,
        signed_at,
        signed_at_precision,
        source_file_id,
        source_position,
        recorded_at
    from acts
    union all
    select
        data_source,
        document_id,
        'author' as signer_role,
        signed_at_evidence as evidence_source,
        cast(null as varchar) as signer_npi,
        signed_at,
        signed_at_precision,
        source_file_id,
        source_position,
        recorded_at
    from documents
    where
        signed_at_evidence = 'hl7v2_document_authenticated'
        and signed_at is not null
)

select * from all_acts
