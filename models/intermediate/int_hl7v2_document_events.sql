with

document_messages as (
    select * from {{ ref('stg_hl7v2__documents') }}
),

events as (
    select * from {{ ref('hl7v2_events') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

ranked as (
    select
        document_messages.*,
        events.document_status as event_status,
        completion.canonical_status as completion_word,
        dictation.canonical_status is not null as is_dictated,
        coalesce(document_messages.author_npi, document_messages.author_id)
            as author,
        case
            when events.document_relation = 'replaces'
                then document_messages.parent_document_id
        end as replaces_document_id,
        case
            when events.document_relation = 'addendum'
                then document_messages.parent_document_id
        end as amends_document_id,
        coalesce(events.document_relation = 'addendum', false) as is_addendum,
        row_number() over (
            partition by
                document_messages.data_source, document_messages.document_id
            order by
                document_messages.sent_at asc nulls first,
                coalesce(
                    document_messages.event_occurred_at,
                    document_messages.event_recorded_at
                ) asc nulls first,
                document_messages.message_key asc,
                document_messages.document_index asc
        ) as message_rank
    from document_messages
    left join events
        on
            document_messages.message_type = events.message_type
            and document_messages.trigger_event = events.trigger_event
    left join status_maps as completion
        on
            document_messages.completion_status = completion.source_status
            and completion.code_system = 'hl7v2_document_completion'
    left join status_maps as dictation
        on
            document_messages.completion_status = dictation.source_status
            and dictation.code_system = 'hl7v2_document_dictation'
    where document_messages.document_id is not null
),

with_resets as (
    select
        *,
        coalesce(
            max(case when completion_word = 'preliminary' then message_rank end)
                over (partition by data_source, document_id),
            0
        ) as last_open_rank
    from ranked
),

with_steps as (
    select
        *,
        message_rank > last_open_rank as is_after_last_open,
        completion_word = 'final' and message_rank > last_open_rank
            as is_signing,
        coalesce(event_occurred_at, event_recorded_at) as event_at,
        case
            when event_occurred_at is not null then event_occurred_at_precision
            else event_recorded_at_precision
        end as event_at_precision
    from with_resets
)

select * from with_steps
