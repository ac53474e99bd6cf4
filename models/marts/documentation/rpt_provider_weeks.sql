with

encounters as (
    select * from {{ ref('fct_encounters') }}
    where
        service_end_at is not null
        and service_date is not null
        and provider_key is not null
        and stage not in ('non_billable', 'cancelled', 'unknown')
),

clock as (
    select * from {{ ref('int_clock') }}
),

limits as (
    select
        max(value) filter (where threshold = 'lag_long_limit') as limit_hours,
        max(value) filter (where threshold = 'provider_trend_weeks')
            as min_weeks,
        max(value) filter (where threshold = 'provider_trend_width')
            as width,
        max(value) filter (where threshold = 'provider_min_week_visits')
            as min_visits
    from {{ ref('thresholds') }}
),

timed as (
    select
        encounters.provider_key,
        cast(date_trunc('week', encounters.service_date) as date)
            as week_start_date,
        {{ seconds_between(
            'encounters.service_end_at',
            'encounters.documentation_complete_at'
        ) }} <= 3600 * limits.limit_hours as is_in_time
    from encounters
    cross join limits
),

weeks as (
    select
        timed.provider_key,
        timed.week_start_date,
        {{ add_seconds(
            'cast(timed.week_start_date as timestamp)',
            '7 * 86400 + 86400 + 3600 * limits.limit_hours'
        ) }} <= clock.as_of as is_mature,
        count(*) as visit_count,
        count(*) filter (where timed.is_in_time) as in_time_count
    from timed
    cross join limits
    cross join clock
    group by 1, 2, 3
),

-- A provider is compared with their own weeks before, and with nobody else. One
-- visit of each kind more: nobody is always or never in time.
followed as (
    select
        *,
        sum(case when is_mature then visit_count end) over before
            as earlier_visit_count,
        sum(case when is_mature then in_time_count end) over before
            as earlier_in_time_count,
        count(case when is_mature then 1 end) over before as earlier_week_count
    from weeks
    window before as (
        partition by provider_key
        order by week_start_date
        rows between unbounded preceding and 1 preceding
    )
),

banded as (
    select
        followed.provider_key,
        followed.week_start_date,
        followed.visit_count,
        followed.in_time_count,
        followed.is_mature,
        followed.is_mature
        and followed.visit_count >= limits.min_visits as is_shown,
        limits.width,
        1.0 * followed.in_time_count / followed.visit_count as in_time_share,
        case
            when followed.earlier_week_count >= limits.min_weeks
                then
                    (followed.earlier_in_time_count + 1.0)
                    / (followed.earlier_visit_count + 2.0)
        end as usual_share
    from followed
    cross join limits
),

spread as (
    select
        *,
        width * sqrt(usual_share * (1 - usual_share) / visit_count) as reach
    from banded
),

judged as (
    select
        provider_key,
        week_start_date,
        visit_count,
        in_time_count,
        is_mature,
        cast(case when is_shown then in_time_share end as decimal(18, 4))
            as in_time_share,
        cast(usual_share as decimal(18, 4)) as usual_share,
        cast(greatest(usual_share - reach, 0) as decimal(18, 4)) as lower_share,
        cast(least(usual_share + reach, 1) as decimal(18, 4)) as upper_share,
        case
            when not is_shown or usual_share is null then 'not judged'
            when in_time_share < usual_share - reach then 'less than usual'
            when in_time_share > usual_share + reach then 'more than usual'
            else 'as usual'
        end as trend,
        is_shown and week_start_date = max(
            case when is_shown then week_start_date end
        ) over (partition by provider_key) as is_latest
    from spread
)

select * from judged
