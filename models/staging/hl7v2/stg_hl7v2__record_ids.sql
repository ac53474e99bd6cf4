{% set names = (
    ('PID', 'Patient', hl7v2_patient_id('segment')),
    ('PID', 'Encounter', hl7v2_component(18)),
    ('PID', 'Encounter', hl7v2_id(18)),
    ('PID', 'number', hl7v2_component(18)),
    ('PID', 'number', hl7v2_id(18)),
    ('PV1', 'Encounter', hl7v2_component(19)),
    ('PV1', 'Encounter', hl7v2_id(19)),
    ('PV1', 'number', hl7v2_component(19)),
    ('PV1', 'number', hl7v2_id(19)),
    ('MRG', 'Patient', hl7v2_patient_id('segment', 1)),
    ('MRG', 'Encounter', hl7v2_component(3)),
    ('MRG', 'Encounter', hl7v2_component(5)),
    ('MRG', 'Encounter', hl7v2_id(3)),
    ('MRG', 'Encounter', hl7v2_id(5)),
    ('SCH', 'Appointment', hl7v2_component(1)),
    ('SCH', 'Appointment', hl7v2_component(2)),
    ('TXA', 'DocumentReference', hl7v2_component(12)),
    ('TXA', 'DocumentReference', hl7v2_component(13)),
    ('MSH', 'message', clean('message_control_id')),
) %}

with

segments as (
    select * from {{ new_batches('hl7v2_segments') }}
    where
        message_index > 0
        and segment_id in ('MSH', 'PID', 'PV1', 'MRG', 'SCH', 'TXA')
),

names as (
    select
        _batch_id,
        _data_source,
        {{ record_key('message_index') }} as record_key,
        {{ each_name_of_segment(names) }} as name
    from segments
),

keyed as (
    select
        _batch_id as batch_id,
        record_key,
        'own' as role,
        {{ identifier_key('name') }} as id_key
    from names
    where name is not null
)

select * from keyed
