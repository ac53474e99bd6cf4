{{ config(schema='ops') }}

with

file_loads as (
    select * from {{ ref('stg_ingest__file_loads') }}
),

selected as (
    select
        batch_id,
        file_id,
        data_source,
        format,
        feed,
        outcome,
        reason,
        file_size,
        received_count,
        loaded_count,
        duplicate_count,
        rejected_count,
        loaded_at
    from file_loads
)

select * from selected
