with

spans as (
    select * from {{ ref('int_document_spans') }}
    where encounter_key is not null and (is_visit_note or is_addendum)
),

steps as (
    select
        encounter_key,
        coalesce(
            least(opened_at, coalesce(ended_at, opened_at)), ended_at
        ) as happened_at,
        1 as opened_count,
        0 as completed_count
    from spans
    union all
    select
        encounter_key,
        ended_at as happened_at,
        -1 as opened_count,
        case when closed_at is not null then 1 else 0 end as completed_count
    from spans
    where ended_at is not null
),

instants as (
    select
        encounter_key,
        happened_at,
        sum(opened_count) as opened_count,
        sum(completed_count) as completed_count
    from steps
    where happened_at is not null
    group by 1, 2
),

running as (
    select
        encounter_key,
        happened_at,
        completed_count,
        sum(opened_count) over (
            partition by encounter_key
            order by happened_at
            rows between unbounded preceding and current row
        ) as open_count
    from instants
),

completions as (
    select
        encounter_key,
        happened_at as completed_at,
        row_number() over completions as completion_number,
        lead(happened_at) over completions as next_completed_at
    from running
    where open_count = 0 and completed_count > 0
    window completions as (
        partition by encounter_key
        order by happened_at
    )
)

select * from completions
