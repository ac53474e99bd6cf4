with

deliveries as (
    select * from {{ ref('int_feed_deliveries') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
),

paces as (
    select * from {{ ref('int_delivery_paces') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

by_record as (
    select
        deliveries.data_source,
        deliveries.feed,
        deliveries.record_count,
        deliveries.watermark_at,
        deliveries.last_loaded_at,
        case
            when deliveries.record_count >= rules.min_watermark_count
                then {{ add_business_days(
                    'deliveries.watermark_at', 'rules.silence_days'
                ) }}
        end as due_at
    from deliveries
    inner join rules
        on deliveries.feed = rules.feed
),

by_delivery as (
    select
        paces.data_source,
        paces.feed,
        paces.received_count as record_count,
        cast(null as timestamp) as watermark_at,
        paces.last_loaded_at,
        paces.due_at
    from paces
    where paces.feed not in (select rules.feed from rules)
),

dated as (
    select * from by_record
    union all
    select * from by_delivery
),

judged as (
    select
        {{ surrogate_key(['dated.data_source', 'dated.feed']) }}
            as freshness_key,
        dated.data_source,
        dated.feed,
        cast(dated.record_count as bigint) as record_count,
        dated.watermark_at,
        dated.last_loaded_at,
        dated.due_at,
        case
            when dated.due_at is null then 'unknown'
            when dated.due_at < clock.as_of then 'late'
            else 'fresh'
        end as freshness,
        clock.as_of
    from dated
    cross join clock
)

select * from judged
