{{ config(materialized='table') }}

with

segments as (
    select * from {{ source('raw', 'hl7v2_segments') }}
),

messages as (
    select * from {{ ref('stg_hl7v2__messages') }}
),

numbered as (
    select
        segments._data_source,
        segments._file_id,
        segments._position,
        messages.loaded_at as _loaded_at,
        segments._time_zone,
        messages.message_key,
        messages.message_type,
        messages.trigger_event,
        messages.message_at as sent_at,
        segments.sending_facility,
        segments.field_separator,
        segments.component_separator,
        segments.repetition_separator,
        segments.escape_character,
        segments.subcomponent_separator,
        segments.segment_index,
        segments.segment_id,
        segments.segment,
        count(*) filter (where segments.segment_id = 'PID')
            over message_so_far as patient_index,
        count(*) filter (where segments.segment_id = 'PV1')
            over message_so_far as visit_index
    from segments
    inner join messages
        on
            segments._file_id = messages.source_file_id
            and segments.message_index = messages.message_index
            and segments._data_source is not distinct from messages.data_source
    window message_so_far as (
        partition by messages.message_key
        order by segments.segment_index
        rows between unbounded preceding and current row
    )
),

events as (
    select
        message_key,
        max(segment) as evn_segment
    from numbered
    where segment_id = 'EVN'
    group by 1
),

patients as (
    select
        message_key,
        patient_index,
        segment as pid_segment
    from numbered
    where segment_id = 'PID'
),

visits as (
    select
        message_key,
        patient_index,
        visit_index,
        max(case when segment_id = 'PV1' then segment end) as pv1_segment,
        max(case when segment_id = 'PV2' then segment end) as pv2_segment
    from numbered
    where segment_id in ('PV1', 'PV2')
    group by 1, 2, 3
),

under as (
    select
        numbered.*,
        events.evn_segment,
        patients.pid_segment,
        visits.pv1_segment,
        visits.pv2_segment
    from numbered
    left join events
        on numbered.message_key = events.message_key
    left join patients
        on
            numbered.message_key = patients.message_key
            and numbered.patient_index = patients.patient_index
    left join visits
        on
            numbered.message_key = visits.message_key
            and numbered.patient_index = visits.patient_index
            and numbered.visit_index = visits.visit_index
)

select * from under
