with

feed_days as (
    select * from {{ ref('int_feed_site_days') }}
),

arrivals as (
    select * from {{ ref('int_feed_arrivals') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
),

judged_days as (
    select
        feed_days.*,
        rules.history_days,
        feed_days.feed <> 'encounters'
        and feed_days.age_days <= rules.maturity_days as is_young
    from feed_days
    inner join rules
        on feed_days.feed = rules.feed
    where feed_days.history_count >= rules.min_history_days
),

history as (
    select
        judged_days.site_key,
        judged_days.feed,
        judged_days.service_date,
        judged_days.base_count,
        judged_days.age_days,
        judged_days.is_young,
        earlier.service_date as earlier_date,
        earlier.base_count as earlier_base_count,
        earlier.received_count as earlier_received_count
    from judged_days
    inner join feed_days as earlier
        on
            judged_days.site_key = earlier.site_key
            and judged_days.feed = earlier.feed
            and judged_days.weekday = earlier.weekday
            and judged_days.history_count > earlier.history_count
            and judged_days.history_count - judged_days.history_days
            <= earlier.history_count
            and earlier.is_history
),

arrived_by_that_age as (
    select
        history.site_key,
        history.feed,
        history.service_date,
        history.earlier_date,
        sum(arrivals.arrived_count) as arrived_count
    from history
    inner join arrivals
        on
            history.site_key = arrivals.site_key
            and history.feed = arrivals.feed
            and history.earlier_date = arrivals.service_date
            and history.age_days > arrivals.delay_days
    where history.is_young
    group by 1, 2, 3, 4
),

shares as (
    select
        history.*,
        cast(
            case
                when history.is_young
                    then coalesce(arrived_by_that_age.arrived_count, 0)
                else history.earlier_received_count
            end as double precision
        ) / history.earlier_base_count as share
    from history
    left join arrived_by_that_age
        on
            history.site_key = arrived_by_that_age.site_key
            and history.feed = arrived_by_that_age.feed
            and history.service_date = arrived_by_that_age.service_date
            and history.earlier_date = arrived_by_that_age.earlier_date
),

medians as (
    select
        site_key,
        feed,
        service_date,
        percentile_cont(0.5) within group (order by share) as usual_share,
        sum(share * earlier_base_count) / sum(earlier_base_count)
            as mean_share,
        count(*) as history_day_count
    from shares
    group by 1, 2, 3
),

spreads as (
    select
        shares.site_key,
        shares.feed,
        shares.service_date,
        max(medians.history_day_count) as history_day_count,
        cast(max(medians.usual_share) as decimal(18, 6)) as usual_share,
        cast(max(medians.mean_share) as decimal(18, 6)) as mean_share,
        max(shares.base_count) as base_count,
        cast(
            percentile_cont(0.5) within group (
                order by abs(shares.share - medians.usual_share)
            ) as decimal(18, 6)
        ) as deviation
    from shares
    inner join medians
        on
            shares.site_key = medians.site_key
            and shares.feed = medians.feed
            and shares.service_date = medians.service_date
    group by 1, 2, 3
)

select * from spreads
