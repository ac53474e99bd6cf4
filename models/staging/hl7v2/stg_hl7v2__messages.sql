{{ config(materialized='table') }}

with

segments as (
    select * from {{ source('raw', 'hl7v2_segments') }}
    where message_index > 0
),

counts as (
    select
        _file_id,
        message_index,
        count(*) as segment_count,
        max(case when segment_id = 'EVN' then segment end) as evn_segment
    from segments
    group by 1, 2
),

deliveries as (
    select
        segments._data_source as data_source,
        segments._file_id as source_file_id,
        segments._position as source_position,
        segments._loaded_at as loaded_at,
        segments._time_zone as time_zone,
        segments.message_index,
        segments.field_separator,
        segments.component_separator,
        segments.repetition_separator,
        segments.escape_character,
        segments.subcomponent_separator,
        counts.evn_segment,
        {{ clean('segments.message_control_id') }} as message_control_id,
        {{ clean('segments.sending_application') }} as sending_application,
        {{ clean('segments.sending_facility') }} as sending_facility,
        {{ clean('segments.message_type') }} as message_type,
        coalesce(
            {{ clean('segments.trigger_event') }},
            {{ hl7v2_field(1, 'counts.evn_segment') }}
        ) as trigger_event,
        {{ clean('segments.version') }} as version,
        {{ clean('segments.charset') }} as charset,
        {{ hl7v2_first_component('segments.message_at') }} as message_at_text,
        counts.segment_count
    from segments
    inner join counts
        on
            segments._file_id = counts._file_id
            and segments.message_index = counts.message_index
    where segments.segment_index = 1
),

named as (
    select
        *,
        {{ hl7v2_timestamp('message_at_text', 'time_zone') }} as message_at,
        {{ hl7v2_precision('message_at_text') }} as message_at_precision,
        {{ surrogate_key([
            'data_source',
            'sending_application',
            'sending_facility',
            'message_type',
            'trigger_event',
            'message_control_id',
        ]) }} as name_key
    from deliveries
),

delivered as (
    select
        *,
        count(*) over (partition by name_key) as name_count
    from named
),

contents as (
    select
        delivered.source_file_id,
        delivered.message_index,
        {{ hl7v2_content_hash() }} as content_hash
    from delivered
    inner join segments
        on
            delivered.source_file_id = segments._file_id
            and delivered.message_index = segments.message_index
    where delivered.name_count > 1 or delivered.message_control_id is null
    group by 1, 2
),

identified as (
    select
        delivered.*,
        contents.content_hash,
        case
            when delivered.message_control_id is not null
                then delivered.name_key
            else {{ surrogate_key(
                ['delivered.name_key', 'contents.content_hash']
            ) }}
        end as message_key
    from delivered
    left join contents
        on
            delivered.source_file_id = contents.source_file_id
            and delivered.message_index = contents.message_index
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
        coalesce(
            min(content_hash) over (partition by message_key)
            <> max(content_hash) over (partition by message_key),
            false
        ) as has_reused_control_id
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
        time_zone,
        field_separator,
        component_separator,
        repetition_separator,
        escape_character,
        subcomponent_separator,
        evn_segment,
        source_file_id,
        source_position,
        first_loaded_at as loaded_at
    from ranked
    where delivery_rank = 1
)

select * from renamed
