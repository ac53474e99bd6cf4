with

spans as (
    select * from {{ ref('int_document_spans') }}
    where
        cause in ('edit', 'amendment', 'replacement', 'addendum')
        and (is_visit_note or is_addendum)
),

completions as (
    select * from {{ ref('int_documentation_completions') }}
),

reopened as (
    select
        completions.encounter_key,
        completions.completed_at as completed_before_at,
        completions.next_completed_at as completed_again_at,
        min(spans.opened_at) as reopened_at,
        min(spans.opened_after) as reopened_after,
        min(spans.cause) as cause,
        min(spans.document_id) as document_id,
        count(*) as span_count
    from completions
    inner join spans
        on
            completions.encounter_key = spans.encounter_key
            and completions.completed_at < spans.opened_at
            and (
                completions.next_completed_at is null
                or completions.next_completed_at >= spans.opened_at
            )
    where
        spans.cause = 'amendment'
        or spans.ended_at is null
        or spans.ended_at > spans.opened_at
    group by 1, 2, 3
),

reopenings as (
    select
        encounter_key,
        row_number() over (
            partition by encounter_key
            order by reopened_at
        ) as reopening_number,
        reopened_at,
        reopened_after,
        completed_again_at,
        cause,
        document_id,
        span_count
    from reopened
)

select * from reopenings
