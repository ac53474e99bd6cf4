with

received as (
    select * from {{ ref('stg_ingest__record_types') }}
),

record_types as (
    select * from {{ ref('record_types') }}
),

judged as (
    select
        received.data_source,
        received.standard,
        received.record_type,
        record_types.record_type is not null as is_read,
        received.record_count,
        received.last_loaded_at
    from received
    left join record_types
        on
            received.standard = record_types.standard
            and received.record_type = record_types.record_type
)

select * from judged
