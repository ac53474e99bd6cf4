with

file_loads as (
    select * from {{ ref('fct_file_loads') }}
    where outcome <> 'rejected'
),

thresholds as (
    select * from {{ ref('thresholds') }}
    where threshold = 'feed_pace_days'
),

clock as (
    select * from {{ ref('int_clock') }}
),

days as (
    select
        data_source,
        coalesce(feed, format) as feed,
        cast(loaded_at as date) as loaded_date,
        max(loaded_at) as loaded_at
    from file_loads
    group by 1, 2, 3
),

paced as (
    select
        *,
        {{ days_between(
            'lag(loaded_date) over ('
            'partition by data_source, feed order by loaded_date)',
            'loaded_date'
        ) }} as gap_days
    from days
),

feeds as (
    select
        data_source,
        feed,
        count(*) as delivery_days,
        max(loaded_at) as last_loaded_at,
        percentile_cont(0.9) within group (order by gap_days) as usual_gap_days
    from paced
    group by 1, 2
),

judged as (
    select
        feeds.data_source,
        feeds.feed,
        cast(feeds.delivery_days as bigint) as delivery_days,
        feeds.last_loaded_at,
        cast(feeds.usual_gap_days as decimal(18, 2)) as usual_gap_days,
        case
            when feeds.delivery_days >= thresholds.value
                then greatest(0, cast(
                    {{ whole_days('feeds.last_loaded_at', 'clock.as_of') }}
                    - feeds.usual_gap_days as integer
                ))
        end as late_days
    from feeds
    cross join thresholds
    cross join clock
)

select * from judged
