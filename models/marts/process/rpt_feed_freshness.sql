with

deliveries as (
    select * from {{ ref('int_feed_deliveries') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

dated as (
    select
        deliveries.data_source,
        deliveries.feed,
        deliveries.record_count,
        deliveries.watermark_at,
        deliveries.last_loaded_at,
        {{ add_business_days(
            'deliveries.watermark_at', 'rules.silence_days'
        ) }} as due_at,
        rules.min_watermark_count,
        clock.as_of
    from deliveries
    inner join rules
        on deliveries.feed = rules.feed
    cross join clock
),

judged as (
    select
        {{ surrogate_key(['data_source', 'feed']) }} as freshness_key,
        data_source,
        feed,
        cast(record_count as bigint) as record_count,
        watermark_at,
        last_loaded_at,
        due_at,
        case
            when due_at is null or record_count < min_watermark_count
                then 'unknown'
            when due_at < as_of then 'late'
            else 'fresh'
        end as freshness,
        as_of
    from dated
)

select * from judged
