with

load_log as (
    select * from {{ source('raw', 'load_log') }}
),

renamed as (
    select
        file_id,
        batch_id,
        left(batch_id, length(batch_id) - length('-000001')) as ingest_id,
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
    from load_log
)

select * from renamed
