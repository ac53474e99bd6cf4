with

status_changes as (
    select * from {{ ref('int_document_status_changes') }}
    where status_after in ('final', 'amended')
),

first_sights as (
    select * from {{ ref('int_status_sightings') }}
    where
        entity = 'document'
        and is_first_sight
        and not is_by_load_time
        and status_after in ('final', 'amended')
),

hl7v2_events as (
    select * from {{ ref('int_hl7v2_document_events') }}
    where completion_word = 'final'
),

sightings as (
    select
        data_source,
        document_id,
        upper_at as seen_at,
        lower_at as seen_after
    from status_changes
    union all
    select
        data_source,
        entity_id as document_id,
        upper_at as seen_at,
        cast(null as timestamp) as seen_after
    from first_sights
    union all
    select
        data_source,
        document_id,
        coalesce(event_at, sent_at, loaded_at) as seen_at,
        coalesce(event_at, sent_at, loaded_at) as seen_after
    from hl7v2_events
)

select * from sightings
