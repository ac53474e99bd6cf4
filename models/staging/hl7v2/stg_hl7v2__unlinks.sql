with

contexts as (
    select * from {{ ref('stg_hl7v2__contexts') }}
),

patients as (
    select
        *,
        max(pv1_segment) over (partition by message_key, patient_index)
            as patient_pv1_segment
    from contexts
    where trigger_event = 'A37'
),

extracted as (
    select
        *,
        {{ hl7v2_component(2, 1, 'evn_segment') }} as event_recorded_at_text,
        {{ hl7v2_component(6, 1, 'evn_segment') }} as event_occurred_at_text
    from patients
    where segment_id = 'PID'
),

renamed as (
    select
        _data_source as data_source,
        message_key,
        patient_index,
        trigger_event,
        sent_at,
        {{ hl7v2_patient_id() }} as patient_id,
        {{ hl7v2_id(18, 'pid_segment') }} as account_id,
        {{ hl7v2_id(19, 'patient_pv1_segment') }} as visit_id,
        {{ hl7v2_timestamp('event_recorded_at_text') }} as event_recorded_at,
        {{ hl7v2_timestamp('event_occurred_at_text') }} as event_occurred_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
