{{ config(materialized='table') }}

with

segments as (
    select * from {{ source('raw', 'hl7v2_segments') }}
    where message_index > 0
),

deliveries as (
    select
        _data_source as data_source,
        _file_id as source_file_id,
        message_index,
        min(_position) as source_position,
        min(_loaded_at) as loaded_at,
        max(_time_zone) as _time_zone,
        max({{ clean('message_control_id') }}) as message_control_id,
        max({{ clean('sending_application') }}) as sending_application,
        max({{ clean('sending_facility') }}) as sending_facility,
        max({{ clean('message_type') }}) as message_type,
        max({{ clean('trigger_event') }}) as sent_trigger_event,
        max({{ hl7v2_field(1) }}) filter (where segment_id = 'EVN')
            as recorded_event,
        max({{ clean('version') }}) as version,
        max({{ clean('charset') }}) as charset,
        max({{ hl7v2_first_component('message_at') }}) as message_at_text,
        count(*) as segment_count,
        {{ hl7v2_content_hash() }} as content_hash
    from segments
    group by 1, 2, 3
),

identified as (
    select
        *,
        coalesce(sent_trigger_event, recorded_event) as trigger_event,
        {{ hl7v2_timestamp('message_at_text') }} as message_at,
        {{ hl7v2_precision('message_at_text') }} as message_at_precision,
        {{ surrogate_key([
            'data_source',
            'sending_application',
            'sending_facility',
            'message_type',
            'coalesce(sent_trigger_event, recorded_event)',
            'message_control_id',
            'case when message_control_id is null then content_hash end'
        ]) }} as message_key
    from deliveries
),

ranked as (
    select
        *,
        row_number() over (
            partition by message_key
            order by
                message_at asc nulls last,
                content_hash asc,
                source_file_id asc,
                source_position asc
        ) as delivery_rank,
        count(*) over (partition by message_key) as delivery_count,
        min(loaded_at) over (partition by message_key) as first_loaded_at,
        min(content_hash) over (partition by message_key)
        <> max(content_hash) over (partition by message_key)
            as has_reused_control_id
    from identified
),

renamed as (
    select
        data_source,
        message_key,
        message_control_id,
        sending_application,
        sending_facility,
        message_type,
        trigger_event,
        version,
        charset,
        message_index,
        segment_count,
        delivery_count,
        has_reused_control_id,
        message_at,
        message_at_precision,
        source_file_id,
        source_position,
        first_loaded_at as loaded_at
    from ranked
    where delivery_rank = 1
)

select * from renamed
