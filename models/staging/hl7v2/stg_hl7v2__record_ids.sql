{% set visits = (('PID', 18), ('PV1', 19), ('MRG', 3), ('MRG', 5)) %}
{% set others = (
    ('PID', 'Patient', hl7v2_plain_patient_id(3)),
    ('MRG', 'Patient', hl7v2_plain_patient_id(1)),
    ('SCH', 'Appointment', hl7v2_plain_component(1)),
    ('SCH', 'Appointment', hl7v2_plain_component(2)),
    ('TXA', 'DocumentReference', hl7v2_plain_component(12)),
    ('TXA', 'DocumentReference', hl7v2_plain_component(13)),
    ('MSH', 'message', clean('message_control_id')),
) %}

with

segments as (
    select * from {{ new_batches('hl7v2_segments') }}
    where
        message_index > 0
        and segment_id in ('MSH', 'PID', 'PV1', 'MRG', 'SCH', 'TXA')
),

visits as (
    {% for segment_id, number in visits -%}
    select
        _batch_id,
        _data_source,
        {{ record_key('message_index') }} as record_key,
        {{ hl7v2_plain_component(number) }} as visit_id,
        {{ hl7v2_plain_component(number, 4) }} as authority
    from segments
    where segment_id = '{{ segment_id }}'
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

names as (
    select
        _batch_id,
        _data_source,
        record_key,
        {{ each_visit_name('visit_id', 'authority') }} as name
    from visits
    where visit_id is not null
    {% for segment_id, kind, identifier in others -%}
    union all
    select
        _batch_id,
        _data_source,
        {{ record_key('message_index') }} as record_key,
        '{{ kind }}/' || {{ identifier }} as name
    from segments
    where segment_id = '{{ segment_id }}'
    {% endfor %}
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
