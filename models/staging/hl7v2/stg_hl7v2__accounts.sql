with

contexts as (
    select * from {{ ref('stg_hl7v2__contexts') }}
    where message_type = 'BAR'
),

patients as (
    select
        *,
        max(visit_index) over (partition by message_key, patient_index)
            as patient_visit_index
    from contexts
),

accounts as (
    select
        *,
        {{ hl7v2_component(2, 1, 'evn_segment') }} as event_recorded_at_text,
        {{ hl7v2_component(6, 1, 'evn_segment') }} as event_occurred_at_text,
        {{ hl7v2_component(46, 1, 'pv1_segment') }} as balance_amount_text,
        {{ hl7v2_component(47, 1, 'pv1_segment') }} as charged_amount_text
    from patients
    where
        segment_id = 'PV1'
        or (segment_id = 'PID' and visit_index = patient_visit_index)
),

renamed as (
    select
        _data_source as data_source,
        message_key,
        patient_index,
        visit_index,
        trigger_event,
        sent_at,
        {{ hl7v2_component(18, 1, 'pid_segment') }} as account_number,
        {{ hl7v2_encounter_id() }} as encounter_id,
        {{ hl7v2_patient_id() }} as patient_id,
        {{ hl7v2_component(41, 1, 'pv1_segment') }} as account_status,
        {{ money('balance_amount_text') }} as balance_amount,
        {{ money('charged_amount_text') }} as charged_amount,
        {{ hl7v2_timestamp('event_recorded_at_text') }} as event_recorded_at,
        {{ hl7v2_precision('event_recorded_at_text') }}
            as event_recorded_at_precision,
        {{ hl7v2_timestamp('event_occurred_at_text') }} as event_occurred_at,
        {{ hl7v2_precision('event_occurred_at_text') }}
            as event_occurred_at_precision,
        {{ lineage() }}
    from accounts
)

select * from renamed
