with

runs as (
    select * from {{ ref('stg_ingest__runs') }}
),

clock as (
    select
        as_of,
        ingest_id,
        hash_key
    from runs
)

select * from clock
