with

records as (
    select * from {{ ref('int_feed_records') }}
    where feed not in ('remittances', 'claim_statuses')
),

file_loads as (
    select * from {{ ref('stg_ingest__file_loads') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

deliveries as (
    select
        records.data_source,
        records.feed,
        max(records.loaded_at) as last_loaded_at,
        max(records.record_at) filter (
            where records.record_at <= clock.as_of
        ) as watermark_at,
        count(*) as record_count
    from records
    cross join clock
    group by 1, 2
),

ingests as (
    select
        ingest_id,
        min(loaded_at) as first_loaded_at,
        max(loaded_at) as last_loaded_at
    from file_loads
    group by 1
),

with_reach as (
    select
        deliveries.*,
        coalesce(ingests.last_loaded_at, deliveries.last_loaded_at)
            as reached_at
    from deliveries
    left join ingests
        on
            deliveries.last_loaded_at >= ingests.first_loaded_at
            and deliveries.last_loaded_at <= ingests.last_loaded_at
)

select * from with_reach
