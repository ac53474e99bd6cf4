with

feed_days as (
    select * from {{ ref('int_feed_site_days') }}
),

expectations as (
    select * from {{ ref('int_feed_expectations') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
),

holidays as (
    select * from {{ ref('public_holidays') }}
),

days as (
    select
        feed_days.site_key,
        feed_days.feed,
        feed_days.service_date,
        feed_days.encounter_count,
        feed_days.received_count,
        rules.volume_multiplier,
        rules.min_volume_days,
        feed_days.age_days <= rules.current_days as is_current,
        holidays.holiday_date is not null as is_holiday,
        feed_days.age_days <= rules.arriving_days as is_arriving,
        feed_days.feed = 'encounters' as is_visits,
        case
            when feed_days.feed = 'encounters' then feed_days.received_count
            else feed_days.encounter_count - feed_days.received_count
        end as counted,
        case
            when feed_days.feed = 'encounters' then expectations.usual_share
            when expectations.mean_share is not null
                then
                    feed_days.encounter_count
                    * (1 - least(expectations.mean_share, rules.max_share))
        end as usual,
        1 + 1.57 / expectations.history_day_count as variance
    from feed_days
    inner join rules
        on feed_days.feed = rules.feed
    left join holidays
        on feed_days.service_date = holidays.holiday_date
    left join expectations
        on
            feed_days.site_key = expectations.site_key
            and feed_days.feed = expectations.feed
            and feed_days.service_date = expectations.service_date
            and rules.min_volume_count
            <= expectations.usual_share * expectations.base_count
),

rooted as (
    select
        *,
        sqrt(counted + 0.375) as root,
        sqrt(usual + 0.375) as usual_root
    from days
),

site_spreads as (
    select
        site_key,
        feed,
        count(*) as judged_day_count,
        2 * 1.4826 * percentile_cont(0.5) within group (
            order by abs(root - usual_root)
        ) as spread
    from rooted
    where usual is not null and not is_holiday and not is_arriving
    group by 1, 2
),

limited as (
    select
        rooted.*,
        case
            when site_spreads.spread is not null
                then
                    rooted.volume_multiplier
                    * greatest(sqrt(rooted.variance), site_spreads.spread)
                    / 2
        end as reach
    from rooted
    left join site_spreads
        on
            rooted.site_key = site_spreads.site_key
            and rooted.feed = site_spreads.feed
            and rooted.min_volume_days <= site_spreads.judged_day_count
),

squared as (
    select
        *,
        case
            when usual_root > reach
                then (usual_root - reach) * (usual_root - reach) - 0.375
            else 0
        end as fewest,
        (usual_root + reach) * (usual_root + reach) - 0.375 as most
    from limited
),

banded as (
    select
        site_key,
        feed,
        service_date,
        is_current,
        is_holiday,
        is_arriving,
        received_count,
        cast(
            case when is_visits then fewest else encounter_count - most end
            as decimal(18, 2)
        ) as low,
        cast(
            case when is_visits then most else encounter_count end
            as decimal(18, 2)
        ) as high,
        usual_root + reach is not null as is_judged
    from squared
),

judged as (
    select
        site_key,
        feed,
        service_date,
        is_current,
        case when is_judged then greatest(low, 0) end as volume_low,
        case when is_judged then high end as volume_high,
        case
            when is_holiday then 'holiday'
            when is_arriving then 'still arriving'
            when not is_judged then 'unknown'
            when received_count < low then 'fewer than usual'
            when received_count > high then 'more than usual'
            else 'as usual'
        end as volume
    from banded
)

select * from judged
