with

contexts as (
    select * from {{ ref('stg_hl7v2__contexts') }}
),

patients as (
    select
        message_key,
        max(segment) as any_pid_segment
    from contexts
    where segment_id = 'PID'
    group by 1
),

visited as (
    select message_key
    from contexts
    where segment_id = 'PV1'
    group by 1
),

candidates as (
    select * from contexts
    where
        segment_id = 'PV1'
        or (segment_id = 'MSH' and message_type = 'ADT')
),

visits as (
    select
        candidates.*,
        coalesce(candidates.pid_segment, patients.any_pid_segment)
            as patient_segment
    from candidates
    left join patients
        on candidates.message_key = patients.message_key
    left join visited
        on candidates.message_key = visited.message_key
    where candidates.segment_id = 'PV1' or visited.message_key is null
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
