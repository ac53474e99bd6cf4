with

messages as (
    select * from {{ ref('stg_hl7v2__messages') }}
),

parts as (
    select * from {{ ref('stg_hl7v2__parts') }}
),

places as (
    select
        message_key,
        source_position,
        segment_index,
        segment_id,
        patient_index,
        visit_index,
        pid_segment,
        pv1_segment,
        pv2_segment
    from parts
    union all
    select
        message_key,
        source_position,
        1 as segment_index,
        'MSH' as segment_id,
        0 as patient_index,
        0 as visit_index,
        cast(null as varchar) as pid_segment,
        cast(null as varchar) as pv1_segment,
        cast(null as varchar) as pv2_segment
    from messages
),

contexts as (
    select
        messages.data_source as _data_source,
        messages.source_file_id as _file_id,
        places.source_position as _position,
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
        places.segment_index,
        places.segment_id,
        case places.segment_id
            when 'PID' then places.pid_segment
            else places.pv1_segment
        end as segment,
        places.patient_index,
        places.visit_index,
        messages.evn_segment,
        places.pid_segment,
        places.pv1_segment,
        places.pv2_segment
    from messages
    inner join places
        on messages.message_key = places.message_key
)

select * from contexts
