with

document_events as (
    select * from {{ ref('int_hl7v2_document_events') }}
),

signatures as (
    select * from {{ ref('stg_hl7v2__document_signatures') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

documents as (
    select
        data_source,
        document_id,
        {{ hl7v2_last('encounter_id', 'encounter_id is not null') }}
            as encounter_id,
        {{ hl7v2_accumulated('document_type', 'TXA-2') }} as document_type,
        {{ hl7v2_accumulated('author', 'TXA-9') }} as author,
        {{ hl7v2_accumulated('author_id', 'TXA-9') }} as author_id,
        {{ hl7v2_accumulated('authenticator_id', 'TXA-10') }}
            as authenticator_id,
        {{ hl7v2_accumulated('completion_word', 'TXA-17') }}
            as completion_word,
        {{ hl7v2_accumulated('availability_status', 'TXA-19') }}
            as availability_status,
        {{ hl7v2_last('event_status') }} as event_status,
        {{ hl7v2_last(
            'replaces_document_id', 'replaces_document_id is not null'
        ) }} as replaces_document_id,
        {{ hl7v2_first(
            'coalesce(originated_at, activity_at)',
            'coalesce(originated_at, activity_at) is not null'
        ) }} as created_at,
        {{ hl7v2_first(
            'coalesce(originated_at_precision, activity_at_precision)',
            'coalesce(originated_at, activity_at) is not null'
        ) }} as created_at_precision,
        {{ hl7v2_first('event_at', 'is_signing') }} as final_at,
        {{ hl7v2_first('event_at_precision', 'is_signing') }}
            as final_at_precision,
        {{ hl7v2_last('source_file_id') }} as source_file_id,
        {{ hl7v2_last('source_position') }} as source_position,
        max(sent_at) as sent_at,
        max(loaded_at) as loaded_at
    from document_events
    group by 1, 2
),

standing_signatures as (
    select
        documents.data_source,
        documents.document_id,
        signatures.signed_at,
        signatures.signed_at_precision,
        coalesce(signatures.signer_id = documents.author_id, false)
            as is_author
    from documents
    inner join document_events
        on
            documents.data_source = document_events.data_source
            and documents.document_id = document_events.document_id
            and document_events.is_after_last_open
    inner join signatures
        on
            document_events.message_key = signatures.message_key
            and document_events.document_index = signatures.document_index
    where signatures.signed_at is not null
),

signature_times as (
    select
        data_source,
        document_id,
        coalesce(
            min(signed_at) filter (where is_author), min(signed_at)
        ) as signed_at,
        coalesce(
            {{ hl7v2_first('signed_at_precision', 'is_author', 'signed_at') }},
            {{ hl7v2_first('signed_at_precision', 'true', 'signed_at') }}
        ) as signed_at_precision,
        max(signed_at) filter (where not is_author) as cosigned_at,
        {{ hl7v2_last('signed_at_precision', 'not is_author', 'signed_at') }}
            as cosigned_at_precision
    from standing_signatures
    group by 1, 2
),

canonical as (
    select
        documents.data_source,
        documents.document_id,
        documents.encounter_id,
        documents.document_type,
        case
            when 'entered-in-error' in (
                documents.event_status, availability.canonical_status
            ) then 'entered-in-error'
            else documents.completion_word
        end as document_status,
        documents.author as author_npi,
        documents.replaces_document_id,
        documents.authenticator_id <> documents.author_id as cosign_required,
        documents.created_at,
        documents.created_at_precision,
        'hl7v2_document_originated' as created_at_evidence,
        coalesce(signature_times.signed_at, documents.final_at) as signed_at,
        case
            when signature_times.signed_at is not null
                then signature_times.signed_at_precision
            else documents.final_at_precision
        end as signed_at_precision,
        case
            when signature_times.signed_at is not null
                then 'hl7v2_signature_author'
            else 'hl7v2_document_authenticated'
        end as signed_at_evidence,
        signature_times.cosigned_at,
        signature_times.cosigned_at_precision,
        'hl7v2_signature_cosigner' as cosigned_at_evidence,
        documents.source_file_id,
        documents.source_position,
        coalesce(documents.sent_at, documents.loaded_at) as recorded_at,
        documents.loaded_at
    from documents
    left join signature_times
        on
            documents.data_source = signature_times.data_source
            and documents.document_id = signature_times.document_id
    left join status_maps as availability
        on
            documents.availability_status = availability.source_status
            and availability.code_system = 'hl7v2_document_availability'
)

select * from canonical
