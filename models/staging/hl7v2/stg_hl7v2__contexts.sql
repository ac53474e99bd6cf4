with

messages as (
    select * from {{ ref('stg_hl7v2__messages') }}
),

parts as (
    select * from {{ ref('stg_hl7v2__parts') }}
),

contexts as (
    select
        messages.data_source as _data_source,
        messages.source_file_id as _file_id,
        parts.source_position as _position,
        messages.loaded_at as _loaded_at,
        messages.time_zone as _time_zone,
        messages.message_key,
        messages.message_type,
        messages.trigger_event,
        messages.message_at as sent_at,
        messages.sending_facility,
        messages.field_separator,
        messages.component_separator,
        messages.repetition_separator,
        messages.escape_character,
        messages.subcomponent_separator,
        parts.segment_index,
        parts.segment_id,
        case parts.segment_id
            when 'PID' then parts.pid_segment
            else parts.pv1_segment
        end as segment,
        parts.patient_index,
        parts.visit_index,
        messages.evn_segment,
        parts.pid_segment,
        parts.pv1_segment,
        parts.pv2_segment
    from messages
    inner join parts
        on messages.message_key = parts.message_key
    union all
    select
        messages.data_source as _data_source,
        messages.source_file_id as _file_id,
        messages.source_position as _position,
        messages.loaded_at as _loaded_at,
        messages.time_zone as _time_zone,
        messages.message_key,
        messages.message_type,
        messages.trigger_event,
        messages.message_at as sent_at,
        messages.sending_facility,
        messages.field_separator,
        messages.component_separator,
        messages.repetition_separator,
        messages.escape_character,
        messages.subcomponent_separator,
        1 as segment_index,
        'MSH' as segment_id,
        cast(null as varchar) as segment,
        0 as patient_index,
        0 as visit_index,
        messages.evn_segment,
        cast(null as varchar) as pid_segment,
        cast(null as varchar) as pv1_segment,
        cast(null as varchar) as pv2_segment
    from messages
)

select * from contexts
