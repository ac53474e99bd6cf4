with

segments as (
    select * from {{ raw('hl7v2_segments') }}
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
)

select * from named
