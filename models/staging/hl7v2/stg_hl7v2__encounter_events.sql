with

segments as (
    select * from {{ hl7v2_segments(source('raw', 'hl7v2_segments')) }}
),

counted as (
    select
        *,
        max(visit_index) over (partition by message_key) as visit_count,
        max(case when segment_id = 'PID' then segment end)
            over (partition by message_key) as any_pid_segment
    from segments
),

visits as (
    select
        *,
        coalesce(pid_segment, any_pid_segment) as patient_segment
    from counted
    where
        segment_id = 'PV1'
        or (segment_id = 'MSH' and message_type = 'ADT' and visit_count = 0)
),

extracted as (
    select
        *,
        {{ hl7v2_component(2, 1, 'evn_segment') }} as event_recorded_at_text,
        {{ hl7v2_component(6, 1, 'evn_segment') }} as event_occurred_at_text,
        {{ hl7v2_component(44, 1, 'pv1_segment') }} as admitted_at_text,
        {{ hl7v2_component(45, 1, 'pv1_segment') }} as discharged_at_text,
        {{ hl7v2_component(8, 1, 'pv2_segment') }} as expected_at_text
    from visits
),

renamed as (
    select
        _data_source as data_source,
        message_key,
        visit_index,
        message_type,
        trigger_event,
        sent_at,
        {{ hl7v2_encounter_id('patient_segment') }} as encounter_id,
        {{ hl7v2_component(19, 1, 'pv1_segment') }} as visit_number,
        {{ hl7v2_component(18, 1, 'patient_segment') }} as account_number,
        {{ hl7v2_id(18, 'patient_segment') }} as account_id,
        {{ hl7v2_patient_id('patient_segment') }} as patient_id,
        {{ hl7v2_component(2, 1, 'pv1_segment') }} as class_code,
        {{ hl7v2_component(3, 1, 'pv1_segment') }} as location_id,
        {{ hl7v2_component(3, 4, 'pv1_segment') }} as facility_id,
        {{ hl7v2_part('sending_facility') }} as sending_facility_id,
        {{ hl7v2_component(7, 1, 'pv1_segment') }} as attending_id,
        {{ hl7v2_npi(7, 'pv1_segment') }} as attending_npi,
        {{ hl7v2_component(10, 1, 'pv1_segment') }} as hospital_service_code,
        {{ hl7v2_cleared('PV1', [2, 3, 7, 10, 44, 45], 'pv1_segment') }}
            as cleared_fields,
        {{ hl7v2_timestamp('event_recorded_at_text') }} as event_recorded_at,
        {{ hl7v2_precision('event_recorded_at_text') }}
            as event_recorded_at_precision,
        {{ hl7v2_timestamp('event_occurred_at_text') }} as event_occurred_at,
        {{ hl7v2_precision('event_occurred_at_text') }}
            as event_occurred_at_precision,
        {{ hl7v2_timestamp('expected_at_text') }} as expected_at,
        {{ hl7v2_precision('expected_at_text') }} as expected_at_precision,
        {{ hl7v2_timestamp('admitted_at_text') }} as admitted_at,
        {{ hl7v2_precision('admitted_at_text') }} as admitted_at_precision,
        {{ hl7v2_timestamp('discharged_at_text') }} as discharged_at,
        {{ hl7v2_precision('discharged_at_text') }} as discharged_at_precision,
        {{ lineage() }}
    from extracted
)

select * from renamed
