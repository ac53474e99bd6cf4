with

segments as (
    select * from {{ ref('stg_hl7v2__segments') }}
),

contexts as (
    select * from {{ ref('stg_hl7v2__contexts') }}
),

visits as (
    select
        message_key,
        patient_index,
        max(segment) as patient_pv1_segment
    from contexts
    where segment_id = 'PV1'
    group by 1, 2
),

merge_segments as (
    select
        segments.*,
        visits.patient_pv1_segment,
        row_number() over (
            partition by segments.message_key
            order by segments.segment_index
        ) as merge_index
    from segments
    left join visits
        on
            segments.message_key = visits.message_key
            and segments.patient_index = visits.patient_index
    where segments.segment_id = 'MRG'
),

extracted as (
    select
        *,
        {{ hl7v2_component(2, 1, 'evn_segment') }} as event_recorded_at_text,
        {{ hl7v2_component(6, 1, 'evn_segment') }} as event_occurred_at_text
    from merge_segments
),

renamed as (
    select
        _data_source as data_source,
        message_key,
        merge_index,
        message_type,
        trigger_event,
        sent_at,
        {{ hl7v2_patient_id() }} as patient_id,
        {{ hl7v2_component(18, 1, 'pid_segment') }} as account_number,
        {{ hl7v2_component(19, 1, 'patient_pv1_segment') }} as visit_number,
        {{ hl7v2_id(18, 'pid_segment') }} as account_id,
        {{ hl7v2_id(19, 'patient_pv1_segment') }} as visit_id,
        {{ hl7v2_patient_id('segment', 1) }} as prior_patient_id,
        {{ hl7v2_component(3) }} as prior_account_number,
        {{ hl7v2_component(5) }} as prior_visit_number,
        {{ hl7v2_id(3, 'segment', 18, 'pid_segment') }} as prior_account_id,
        {{ hl7v2_id(5, 'segment', 19, 'patient_pv1_segment') }}
            as prior_visit_id,
        {{ hl7v2_timestamp('event_recorded_at_text') }} as event_recorded_at,
        {{ hl7v2_precision('event_recorded_at_text') }}
            as event_recorded_at_precision,
        {{ hl7v2_timestamp('event_occurred_at_text') }} as event_occurred_at,
        {{ hl7v2_precision('event_occurred_at_text') }}
            as event_occurred_at_precision,
        {{ lineage() }}
    from extracted
)

select * from renamed
