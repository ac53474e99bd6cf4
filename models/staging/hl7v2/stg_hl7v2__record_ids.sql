{% set fields = (
    ('PID', 'Patient', 3),
    ('PID', 'visit', 18),
    ('PV1', 'visit', 19),
    ('MRG', 'Patient', 1),
    ('MRG', 'visit', 3),
    ('MRG', 'visit', 5),
    ('SCH', 'Appointment', 1),
    ('SCH', 'Appointment', 2),
    ('TXA', 'DocumentReference', 12),
    ('TXA', 'DocumentReference', 13),
) %}

with

segments as (
    select * from {{ new_batches('hl7v2_segments') }}
    where
        message_index > 0
        and segment_id in ('MSH', 'PID', 'PV1', 'MRG', 'SCH', 'TXA')
),

fields as (
    select
        _batch_id,
        _data_source,
        _file_id,
        message_index,
        component_separator,
        repetition_separator,
        escape_character,
        subcomponent_separator,
        field_separator,
        {{ named_fields(fields) }}
    from segments
    where segment_id <> 'MSH'
),

repetitions as (
    select
        *,
        {{ naming_repetition('kind', 'text') }} as repetition
    from fields
    where text <> ''
),

identified as (
    select
        *,
        {{ hl7v2_plain_part('repetition') }} as identifier,
        {{ hl7v2_plain_part('repetition', 4) }} as authority
    from repetitions
),

names as (
    select
        _batch_id,
        _data_source,
        {{ record_key('message_index') }} as record_key,
        {{ each_visit_name('identifier', 'authority') }} as name
    from identified
    where kind = 'visit' and identifier is not null
    union all
    select
        _batch_id,
        _data_source,
        {{ record_key('message_index') }} as record_key,
        kind || '/' || identifier as name
    from identified
    where kind <> 'visit'
    union all
    select
        _batch_id,
        _data_source,
        {{ record_key('message_index') }} as record_key,
        'message/' || {{ clean('message_control_id') }} as name
    from segments
    where segment_id = 'MSH'
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
