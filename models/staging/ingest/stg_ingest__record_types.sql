with

fhir_resources as (
    select * from {{ source('raw', 'fhir_resources') }}
),

hl7v2_segments as (
    select * from {{ source('raw', 'hl7v2_segments') }}
    where segment_id = 'MSH'
),

x12_segments as (
    select * from {{ source('raw', 'x12_segments') }}
    where segment_id = 'ST'
),

records as (
    select
        _data_source,
        'fhir' as standard,
        resource_type as record_type,
        _loaded_at
    from fhir_resources
    union all
    select
        _data_source,
        'hl7v2' as standard,
        message_type as record_type,
        _loaded_at
    from hl7v2_segments
    union all
    select
        _data_source,
        'x12' as standard,
        transaction_type as record_type,
        _loaded_at
    from x12_segments
),

counted as (
    select
        _data_source as data_source,
        standard,
        coalesce(record_type, 'none') as record_type,
        count(*) as record_count,
        max(_loaded_at) as last_loaded_at
    from records
    group by 1, 2, 3
)

select * from counted
