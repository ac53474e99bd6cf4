with

encounters as (
    select * from {{ ref('int_encounters') }}
),

documents as (
    select * from {{ ref('int_documents') }}
    where document_status is distinct from 'entered-in-error'
),

visit_notes as (
    select * from {{ ref('int_documents_classified') }}
    where is_visit_note
),

signatures as (
    select * from {{ ref('int_document_signatures') }}
    where not is_by_another
),

encounter_times as (
    {% for time in ('scheduled_for', 'arrived_at', 'started_at', 'ended_at') -%}
    select
        encounter_key,
        {{ time }}_evidence as evidence_source,
        {{ time }} as occurred_at,
        {{ time }}_precision as precision,
        source_file_id,
        source_position,
        recorded_at
    from encounters
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

document_times as (
    select
        documents.encounter_key,
        documents.created_at_evidence as evidence_source,
        documents.created_at as occurred_at,
        documents.created_at_precision as precision,
        documents.source_file_id,
        documents.source_position,
        documents.recorded_at
    from documents
    inner join visit_notes
        on
            documents.data_source = visit_notes.data_source
            and documents.document_id = visit_notes.document_id
),

signature_times as (
    select
        visit_notes.encounter_key,
        signatures.evidence_source,
        signatures.signed_at as occurred_at,
        signatures.signed_at_precision as precision,
        signatures.source_file_id,
        signatures.source_position,
        signatures.recorded_at
    from signatures
    inner join visit_notes
        on
            signatures.data_source = visit_notes.data_source
            and signatures.document_id = visit_notes.document_id
    where
        visit_notes.document_status is distinct from 'entered-in-error'
        and (
            signatures.signer_role = 'author'
            or visit_notes.needs_cosignature
            or not coalesce(visit_notes.author_may_bill_alone, true)
        )
),

all_times as (
    select * from encounter_times
    union all
    select * from document_times
    union all
    select * from signature_times
),

known_times as (
    select * from all_times
    where occurred_at is not null
)

select * from known_times
