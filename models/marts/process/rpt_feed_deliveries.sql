with

file_loads as (
    select * from {{ ref('fct_file_loads') }}
    where received_count > 0
),

holidays as (
    select * from {{ ref('public_holidays') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

limits as (
    select
        max(value) filter (where threshold = 'delivery_history_weeks')
            as history_weeks,
        max(value) filter (where threshold = 'delivery_min_history_days')
            as min_history_days,
        max(value) filter (where threshold = 'delivery_min_count') as min_count,
        max(value) filter (where threshold = 'delivery_multiplier')
            as multiplier,
        max(value) filter (where threshold = 'delivery_current_days')
            as current_days
    from {{ ref('thresholds') }}
),

days as (
    select
        data_source,
        coalesce(feed, format) as feed,
        cast(loaded_at as date) as delivery_date,
        {{ weekday_number('cast(loaded_at as date)') }} as weekday,
        count(*) as file_count,
        sum(received_count) as received_count
    from file_loads
    group by 1, 2, 3, 4
),

earlier_days as (
    select
        days.data_source,
        days.feed,
        days.delivery_date,
        sqrt(earlier.received_count + 0.375) as root
    from days
    cross join limits
    inner join days as earlier
        on
            days.data_source = earlier.data_source
            and days.feed = earlier.feed
            and days.weekday = earlier.weekday
            and days.delivery_date > earlier.delivery_date
            and days.delivery_date - 7 * cast(limits.history_weeks as integer)
            <= earlier.delivery_date
),

usual as (
    select
        data_source,
        feed,
        delivery_date,
        count(*) as history_day_count,
        percentile_cont(0.5) within group (order by root) as usual_root
    from earlier_days
    group by 1, 2, 3
),

deviations as (
    select
        earlier_days.data_source,
        earlier_days.feed,
        earlier_days.delivery_date,
        2 * 1.4826 * percentile_cont(0.5) within group (
            order by abs(earlier_days.root - usual.usual_root)
        ) as spread
    from earlier_days
    inner join usual
        on
            earlier_days.data_source = usual.data_source
            and earlier_days.feed = usual.feed
            and earlier_days.delivery_date = usual.delivery_date
    group by 1, 2, 3
),

banded as (
    select
        days.*,
        {{ days_between('days.delivery_date', 'cast(clock.as_of as date)') }}
        <= limits.current_days as is_current,
        days.delivery_date >= cast(clock.as_of as date) as is_arriving,
        holidays.holiday_date is not null as is_holiday,
        usual.usual_root,
        limits.multiplier / 2 * greatest(
            sqrt(1 + 1.57 / usual.history_day_count), deviations.spread
        ) as reach
    from days
    cross join limits
    cross join clock
    left join holidays
        on days.delivery_date = holidays.holiday_date
    left join usual
        on
            days.data_source = usual.data_source
            and days.feed = usual.feed
            and days.delivery_date = usual.delivery_date
            and limits.min_history_days <= usual.history_day_count
            and limits.min_count <= usual.usual_root * usual.usual_root
    left join deviations
        on
            usual.data_source = deviations.data_source
            and usual.feed = deviations.feed
            and usual.delivery_date = deviations.delivery_date
),

bounded as (
    select
        *,
        sqrt(received_count + 0.375) as received_root,
        greatest(usual_root - reach, 0) as low_root,
        usual_root + reach as high_root
    from banded
),

judged as (
    select
        {{ surrogate_key(['data_source', 'feed', 'delivery_date']) }}
            as delivery_key,
        data_source,
        feed,
        delivery_date,
        cast(file_count as bigint) as file_count,
        cast(received_count as bigint) as received_count,
        cast(low_root * low_root as decimal(18, 2)) as expected_low,
        cast(high_root * high_root as decimal(18, 2)) as expected_high,
        case
            when is_holiday then 'holiday'
            when is_arriving then 'still arriving'
            when reach is null then 'unknown'
            when received_root < low_root then 'fewer than usual'
            when received_root > high_root then 'more than usual'
            else 'as usual'
        end as volume,
        is_current
    from bounded
)

select * from judged
