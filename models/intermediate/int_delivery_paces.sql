with

file_loads as (
    select * from {{ ref('stg_ingest__file_loads') }}
    where received_count > 0
),

limits as (
    select
        max(value) filter (where threshold = 'delivery_gap_days') as gap_days,
        max(value) filter (where threshold = 'delivery_min_deliveries')
            as min_deliveries
    from {{ ref('thresholds') }}
),

days as (
    select
        data_source,
        coalesce(feed, format) as feed,
        cast(loaded_at as date) as delivery_date,
        sum(received_count) as received_count,
        max(loaded_at) as last_loaded_at
    from file_loads
    group by 1, 2, 3
),

paused as (
    select
        *,
        {{ days_between(
            'lag(delivery_date) over (
                partition by data_source, feed
                order by delivery_date
            )',
            'delivery_date'
        ) }} as pause_days,
        max(delivery_date) over (partition by data_source, feed) as last_date
    from days
),

paces as (
    select
        paused.data_source,
        paused.feed,
        sum(paused.received_count) as received_count,
        max(paused.last_loaded_at) as last_loaded_at,
        max(case
            when
                {{ days_between('paused.delivery_date', 'paused.last_date') }}
                <= limits.gap_days
                then paused.pause_days
        end) as longest_pause_days,
        count(*) >= max(limits.min_deliveries) as has_pace
    from paused
    cross join limits
    group by 1, 2
),

due as (
    select
        *,
        case
            when has_pace
                then {{ add_seconds(
                    'last_loaded_at', '86400 * (longest_pause_days + 1)'
                ) }}
        end as due_at
    from paces
)

select * from due
