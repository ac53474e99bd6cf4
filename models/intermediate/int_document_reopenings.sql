with

status_changes as (
    select * from {{ ref('int_document_status_changes') }}
    where status_before in ('final', 'amended')
),

hl7v2_events as (
    select * from {{ ref('int_hl7v2_document_events') }}
    where completion_word in ('preliminary', 'final')
),

hl7v2_steps as (
    select
        data_source,
        document_id,
        completion_word,
        lag(completion_word) over (
            partition by data_source, document_id
            order by message_rank
        ) as completion_before,
        coalesce(event_at, sent_at, loaded_at) as happened_at
    from hl7v2_events
),

all_sources as (
    select
        data_source,
        document_id,
        upper_at as reopened_at,
        lower_at,
        case status_after
            when 'amended' then 'amendment'
            else 'edit'
        end as cause
    from status_changes
    where status_after in ('preliminary', 'amended')
    union all
    select
        data_source,
        document_id,
        happened_at as reopened_at,
        happened_at as lower_at,
        'edit' as cause
    from hl7v2_steps
    where completion_word = 'preliminary' and completion_before = 'final'
),

reopenings as (
    select
        data_source,
        document_id,
        reopened_at,
        max(lower_at) as lower_at,
        max(cause) as cause
    from all_sources
    group by 1, 2, 3
)

select * from reopenings
