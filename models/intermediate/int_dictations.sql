with

document_events as (
    select * from {{ ref('int_hl7v2_document_events') }}
),

documents as (
    select * from {{ ref('int_documents') }}
),

steps as (
    select
        data_source,
        document_id,
        is_dictated,
        message_rank,
        coalesce(event_at, sent_at, loaded_at) as happened_at
    from document_events
    where completion_word is not null
),

in_order as (
    select
        *,
        coalesce(
            lag(is_dictated) over (
                partition by data_source, document_id
                order by message_rank asc
            ),
            false
        ) as was_dictated,
        min(case when not is_dictated then happened_at end) over (
            partition by data_source, document_id
            order by message_rank asc
            rows between 1 following and unbounded following
        ) as typed_at
    from steps
),

dictations as (
    select
        documents.encounter_key,
        in_order.data_source,
        in_order.document_id,
        in_order.happened_at as dictated_at,
        in_order.typed_at
    from in_order
    inner join documents
        on
            in_order.data_source = documents.data_source
            and in_order.document_id = documents.document_id
    where
        in_order.is_dictated
        and not in_order.was_dictated
        and documents.encounter_key is not null
        and documents.is_current
)

select * from dictations
