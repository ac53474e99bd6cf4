with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

visit_types as (
    select * from {{ ref('visit_types') }}
    where needs_note
),

note_blockers as (
    select * from {{ ref('int_note_blockers') }}
),

second_signature_blockers as (
    select * from {{ ref('int_second_signature_blockers') }}
),

requirement_blockers as (
    select * from {{ ref('int_requirement_blockers') }}
),

remark_blockers as (
    select * from {{ ref('int_remark_blockers') }}
),

queries as (
    select * from {{ ref('int_queries') }}
),

reopenings as (
    select * from {{ ref('int_documentation_reopenings') }}
    where cause <> 'replacement'
),

replacements as (
    select spans.*
    from {{ ref('int_document_spans') }} as spans
    left join {{ ref('int_document_states') }} as states
        on
            spans.data_source = states.data_source
            and spans.document_id = states.document_id
            and states.is_signed
    where
        spans.cause = 'replacement'
        and spans.is_visit_note
        and (
            spans.author_signed_at is not null
            or spans.ended_at is not null
            or states.document_id is null
        )
),

dictations as (
    select * from {{ ref('int_dictations') }}
),

open_addenda as (
    select
        states.encounter_key,
        states.document_id,
        states.opened_at
    from {{ ref('int_document_states') }} as states
    left join {{ ref('int_documentation_completions') }} as completions
        on states.encounter_key = completions.encounter_key
    where
        states.is_addendum
        and states.is_current
        and states.is_unsigned
        and completions.encounter_key is null
),

all_blockers as (
    select * from note_blockers
    union all
    select * from second_signature_blockers
    union all
    select * from requirement_blockers
    union all
    select * from remark_blockers
    union all
    select
        encounter_key,
        'DOC-07' as blocker_code,
        opened_at as started_at,
        coalesce(answered_at, closed_at) as ended_at,
        'query ' || query_id as evidence
    from queries
    union all
    select
        encounter_key,
        'DOC-08' as blocker_code,
        reopened_at as started_at,
        completed_again_at as ended_at,
        cause || ' of document ' || document_id as evidence
    from reopenings
    union all
    select
        encounter_key,
        'DOC-08' as blocker_code,
        opened_at as started_at,
        cast(null as timestamp) as ended_at,
        'addendum of document ' || document_id as evidence
    from open_addenda
    union all
    select
        encounter_key,
        'DOC-02' as blocker_code,
        opened_at as started_at,
        coalesce(author_signed_at, ended_at) as ended_at,
        'replacement document ' || document_id as evidence
    from replacements
    union all
    select
        encounter_key,
        'DOC-09' as blocker_code,
        dictated_at as started_at,
        typed_at as ended_at,
        'document ' || document_id as evidence
    from dictations
),

intervals as (
    select
        all_blockers.encounter_key,
        all_blockers.blocker_code,
        all_blockers.started_at,
        case
            when bool_and(all_blockers.ended_at is not null)
                then max(all_blockers.ended_at)
        end as ended_at,
        min(all_blockers.evidence) as evidence
    from all_blockers
    inner join encounters
        on all_blockers.encounter_key = encounters.encounter_key
    inner join visit_types
        on encounters.visit_type = visit_types.visit_type
    where
        all_blockers.ended_at is null
        or all_blockers.started_at is null
        or all_blockers.ended_at > all_blockers.started_at
    group by 1, 2, 3
)

select * from intervals
