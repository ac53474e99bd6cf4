with

results as (
    select * from {{ ref('int_documentation_results') }}
    where severity = 'gate'
),

blockers as (
    select * from {{ ref('blockers') }}
    where stage = 'documentation'
),

documents as (
    select
        *,
        case
            when completed_precision = 'day'
                then completed_at + interval '1' day
            else completed_at
        end as completed_until
    from {{ ref('int_document_states') }}
    where is_current and (is_visit_note or is_addendum)
),

completions as (
    select * from {{ ref('int_documentation_completions') }}
    where completion_number = 1
),

reopenings as (
    select * from {{ ref('int_documentation_reopenings') }}
),

signature_times as (
    select
        encounter_key,
        bool_and(completed_at is not null) as has_all_signature_times,
        bool_or(is_seen_by_status) as is_seen_by_status,
        {{ value_at_last('completed_at', 'completed_until') }}
            as last_signature_at,
        {{ value_at_last('completed_precision', 'completed_until') }}
            as last_signature_precision,
        case
            when bool_and(completed_after is not null)
                then max(completed_after)
        end as last_signature_after,
        min(created_at) as note_started_at,
        bool_or(is_closed_administratively) as has_administrative_closure
    from documents
    where encounter_key is not null
    group by 1
),

reopened as (
    select
        encounter_key,
        count(*) as reopen_count,
        max(reopened_at) filter (where completed_again_at is null)
            as reopened_at
    from reopenings
    group by 1
),

judged as (
    select
        results.encounter_key,
        bool_or(
            results.result = 'not_met' and blockers.blocker_code is not null
        ) as has_gap,
        bool_or(results.result = 'unknown' and results.holds_when_unknown)
            as has_unknown,
        max(results.missing_item) filter (where results.missing_item = 'note')
            as missing_note,
        max(results.missing_item) filter (
            where results.missing_item = 'signature'
        ) as missing_signature,
        max(results.missing_item) filter (
            where results.missing_item = 'cosignature'
        ) as missing_cosignature,
        min(results.missing_item) filter (
            where blockers.blocker_code is not null
        ) as missing_other
    from results
    left join blockers
        on results.blocker_code = blockers.blocker_code
    group by 1
),

documentation as (
    select
        judged.encounter_key,
        case
            when judged.has_gap then false
            when judged.has_unknown then null
            else true
        end as is_documentation_complete,
        coalesce(
            judged.missing_note,
            judged.missing_signature,
            judged.missing_cosignature,
            judged.missing_other
        ) as missing_item,
        signature_times.note_started_at,
        case
            when
                not judged.has_gap
                and not judged.has_unknown
                and signature_times.has_all_signature_times
                then signature_times.last_signature_at
        end as documentation_complete_at,
        case
            when
                not judged.has_gap
                and not judged.has_unknown
                and signature_times.has_all_signature_times
                then signature_times.last_signature_after
        end as documentation_complete_after,
        coalesce(signature_times.last_signature_precision, 'instant')
            as documentation_complete_precision,
        coalesce(signature_times.is_seen_by_status, false)
            as is_complete_by_status,
        completions.completed_at as documentation_complete_first_at,
        coalesce(reopened.reopen_count, 0) as reopen_count,
        reopened.reopened_at,
        coalesce(signature_times.has_administrative_closure, false)
            as has_administrative_closure
    from judged
    left join signature_times
        on judged.encounter_key = signature_times.encounter_key
    left join completions
        on judged.encounter_key = completions.encounter_key
    left join reopened
        on judged.encounter_key = reopened.encounter_key
)

select * from documentation
