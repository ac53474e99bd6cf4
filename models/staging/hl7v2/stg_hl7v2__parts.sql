with

segments as (
    select * from {{ raw('hl7v2_segments') }}
    where segment_id in ('PID', 'PV1', 'PV2')
),

messages as (
    select * from {{ ref('stg_hl7v2__messages') }}
),

numbered as (
    select
        messages.message_key,
        segments._position as source_position,
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

patients as (
    select
        message_key,
        patient_index,
        segment as pid_segment
    from numbered
    where segment_id = 'PID'
),

additions as (
    select
        message_key,
        patient_index,
        visit_index,
        max(segment) as pv2_segment
    from numbered
    where segment_id = 'PV2'
    group by 1, 2, 3
),

parts as (
    select
        message_key,
        source_position,
        segment_index,
        segment_id,
        patient_index,
        visit_index,
        case when segment_id = 'PV1' then segment end as pv1_segment
    from numbered
    where segment_id in ('PID', 'PV1')
),

with_context as (
    select
        parts.*,
        patients.pid_segment,
        case when parts.pv1_segment is not null then additions.pv2_segment end
            as pv2_segment
    from parts
    left join patients
        on
            parts.message_key = patients.message_key
            and parts.patient_index = patients.patient_index
    left join additions
        on
            parts.message_key = additions.message_key
            and parts.patient_index = additions.patient_index
            and parts.visit_index = additions.visit_index
)

select * from with_context
