with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

results as (
    select * from {{ ref('int_documentation_results') }}
),

dictations as (
    select * from {{ ref('int_dictations') }}
),

spans as (
    select * from {{ ref('int_document_spans') }}
    where is_visit_note and cause = 'note'
),

unsigned_documents as (
    select * from {{ ref('int_document_states') }}
    where is_unsigned
),

unsigned_notes as (
    select encounter_key
    from unsigned_documents
    where is_visit_note and is_current
    group by 1
),

dictated as (
    select
        encounter_key,
        max(typed_at) as typed_at,
        bool_or(typed_at is null) as is_outstanding
    from dictations
    group by 1
),

signature_results as (
    select
        encounter_key,
        result,
        missing_item,
        evidence
    from results
    where blocker_code = 'DOC-02'
),

facts as (
    select
        encounters.encounter_key,
        milestones.service_end_at,
        least(milestones.note_started_at, milestones.author_signed_at)
            as note_started_at,
        milestones.author_signed_at,
        greatest(
            milestones.service_end_at,
            coalesce(milestones.note_started_at, milestones.service_end_at),
            coalesce(dictated.typed_at, milestones.service_end_at)
        ) as draft_since,
        coalesce(dictated.is_outstanding, false) as is_outstanding,
        coalesce(signature_results.missing_item = 'note', false)
            as lacks_note,
        unsigned_notes.encounter_key is not null as lacks_signature,
        signature_results.evidence
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    left join signature_results
        on encounters.encounter_key = signature_results.encounter_key
    left join unsigned_notes
        on encounters.encounter_key = unsigned_notes.encounter_key
    left join dictated
        on encounters.encounter_key = dictated.encounter_key
),

further_notes as (
    select
        facts.encounter_key,
        greatest(facts.author_signed_at, spans.opened_at) as draft_since,
        coalesce(spans.author_signed_at, spans.ended_at) as ended_at,
        'document ' || spans.document_id as evidence
    from facts
    inner join spans
        on facts.encounter_key = spans.encounter_key
    left join unsigned_documents
        on
            spans.data_source = unsigned_documents.data_source
            and spans.document_id = unsigned_documents.document_id
    where
        not facts.is_outstanding
        and case
            when spans.author_signed_at is not null
                then
                    not spans.is_seen_by_status
                    and spans.author_signed_at > facts.author_signed_at
            when spans.ended_at is not null
                then spans.ended_at > facts.author_signed_at
            else unsigned_documents.document_id is not null
        end
),

blockers as (
    select
        encounter_key,
        'DOC-01' as blocker_code,
        service_end_at as started_at,
        case when not lacks_note then note_started_at end as ended_at,
        evidence
    from facts
    where lacks_note or note_started_at > service_end_at
    union all
    select
        encounter_key,
        'DOC-02' as blocker_code,
        draft_since as started_at,
        author_signed_at as ended_at,
        evidence
    from facts
    where
        not is_outstanding
        and not lacks_note
        and (
            author_signed_at > draft_since
            or (author_signed_at is null and lacks_signature)
        )
    union all
    select
        encounter_key,
        'DOC-02' as blocker_code,
        draft_since as started_at,
        ended_at,
        evidence
    from further_notes
)

select * from blockers
