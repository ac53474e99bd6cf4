with

spans as (
    select * from {{ ref('int_document_spans') }}
    where
        encounter_key is not null
        and (is_visit_note or is_addendum)
        and author_signed_at is not null
),

final_sightings as (
    select * from {{ ref('int_document_final_sightings') }}
),

states as (
    select * from {{ ref('int_document_states') }}
    where is_signed and encounter_key is not null
),

results as (
    select * from {{ ref('int_documentation_results') }}
    where result = 'not_met' and blocker_code = 'DOC-06'
),

unattested as (
    select
        encounter_key,
        min(evidence) as evidence
    from results
    group by 1
),

signed_documents as (
    select
        data_source,
        document_id
    from spans
    group by 1, 2
),

cosignable as (
    select
        states.encounter_key,
        states.document_id
    from states
    left join signed_documents
        on
            states.data_source = signed_documents.data_source
            and states.document_id = signed_documents.document_id
    where
        states.is_current
        and states.needs_cosignature
        and states.cosigned_at is null
        and (states.is_visit_note or states.is_addendum)
        and signed_documents.document_id is null
),

locked as (
    select
        states.encounter_key,
        states.document_id,
        states.author_signed_at,
        states.is_unlocked,
        min(final_sightings.seen_at) as locked_at
    from states
    left join final_sightings
        on
            states.data_source = final_sightings.data_source
            and states.document_id = final_sightings.document_id
            and states.author_signed_at <= final_sightings.seen_at
    where
        states.is_current
        and states.needs_lock
        and states.author_signed_at is not null
    group by 1, 2, 3, 4
),

attestable as (
    select
        spans.encounter_key,
        'document ' || min(spans.document_id) as evidence,
        min(spans.author_signed_at) as signed_at,
        case
            when bool_and(spans.ended_at is not null) then max(spans.ended_at)
        end as attested_at
    from spans
    where
        spans.is_visit_note
        and not spans.author_may_bill_alone
        and not spans.needs_cosignature
    group by 1
),

blockers as (
    select
        encounter_key,
        'DOC-05' as blocker_code,
        author_signed_at as started_at,
        coalesce(cosigned_at, ended_at) as ended_at,
        'document ' || document_id as evidence
    from spans
    where
        needs_cosignature
        and cause <> 'amendment'
        and (cosigned_at is null or cosigned_at > author_signed_at)
    union all
    select
        encounter_key,
        'DOC-05' as blocker_code,
        cast(null as timestamp) as started_at,
        cast(null as timestamp) as ended_at,
        'document ' || document_id as evidence
    from cosignable
    union all
    select
        encounter_key,
        'DOC-03' as blocker_code,
        author_signed_at as started_at,
        case when not is_unlocked then locked_at end as ended_at,
        'document ' || document_id as evidence
    from locked
    where is_unlocked or locked_at > author_signed_at
    union all
    select
        coalesce(attestable.encounter_key, unattested.encounter_key)
            as encounter_key,
        'DOC-06' as blocker_code,
        attestable.signed_at as started_at,
        case
            when unattested.encounter_key is null then attestable.attested_at
        end as ended_at,
        coalesce(unattested.evidence, attestable.evidence) as evidence
    from attestable
    full join unattested
        on attestable.encounter_key = unattested.encounter_key
    where
        unattested.encounter_key is not null
        or attestable.attested_at > attestable.signed_at
)

select * from blockers
