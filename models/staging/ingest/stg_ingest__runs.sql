with

run as (
    select * from {{ source('raw', 'run') }}
),

renamed as (
    select
        as_of,
        ingest_id,
        hash_key,
        started_at
    from run
)

select * from renamed
