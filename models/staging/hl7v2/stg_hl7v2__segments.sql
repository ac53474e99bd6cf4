with

segments as (
    select * from {{ raw('hl7v2_segments') }}
    where
        segment_id in (
            'PID', 'PV1', 'MRG', 'TXA', 'FT1', 'SCH', 'AIS', 'AIP', 'AIL'
        )
),

messages as (
    select * from {{ ref('stg_hl7v2__messages') }}
),

parts as (
    select * from {{ ref('stg_hl7v2__parts') }}
),

messages_with_more as (
    select
        _file_id,
        message_index
    from segments
    where segment_id not in ('PID', 'PV1')
    group by 1, 2
),

numbered as (
    select
        segments.*,
        count(*) filter (where segments.segment_id = 'PID')
            over message_so_far as patient_index,
        count(*) filter (where segments.segment_id = 'PV1')
            over message_so_far as visit_index
    from segments
    inner join messages_with_more
        on
            segments._file_id = messages_with_more._file_id
            and segments.message_index = messages_with_more.message_index
    window message_so_far as (
        partition by segments._file_id, segments.message_index
        order by segments.segment_index
        rows between unbounded preceding and current row
    )
),

placed as (
    select
        messages.data_source as _data_source,
        messages.source_file_id as _file_id,
        numbered._position,
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
        numbered.segment_index,
        numbered.segment_id,
        numbered.segment,
        numbered.patient_index,
        numbered.visit_index,
        messages.evn_segment,
        parts.pid_segment,
        parts.pv1_segment,
        parts.pv2_segment
    from numbered
    inner join messages
        on
            numbered._file_id = messages.source_file_id
            and numbered.message_index = messages.message_index
            and numbered._data_source is not distinct from messages.data_source
    left join parts
        on
            messages.message_key = parts.message_key
            and numbered.patient_index = parts.patient_index
            and numbered.visit_index = parts.visit_index
    where numbered.segment_id not in ('PID', 'PV1')
)

select * from placed
