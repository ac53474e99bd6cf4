with

site_days as (
    select * from {{ ref('int_site_days') }}
),

arrivals as (
    select * from {{ ref('int_feed_arrivals') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
),

received as (
    select
        site_key,
        feed,
        service_date,
        sum(arrived_count) as received_count
    from arrivals
    group by 1, 2, 3
),

counted as (
    select
        site_days.site_key,
        site_days.data_source,
        site_days.facility_id,
        site_days.service_date,
        {{ weekday_number('site_days.service_date') }} as weekday,
        site_days.age_days,
        site_days.last_loaded_at,
        site_days.encounter_count,
        rules.feed,
        case
            when rules.feed = 'encounters' then 1
            else site_days.encounter_count
        end as base_count,
        case
            when rules.feed = 'encounters' then site_days.encounter_count
            else coalesce(received.received_count, 0)
        end as received_count,
        rules.min_expected_count
    from site_days
    cross join rules
    left join received
        on
            site_days.site_key = received.site_key
            and site_days.service_date = received.service_date
            and rules.feed = received.feed
    where rules.feed = 'encounters' or site_days.encounter_count > 0
),

judged as (
    select
        *,
        received_count > 0
        or (feed <> 'encounters' and encounter_count < min_expected_count)
            as is_history
    from counted
),

numbered as (
    select
        site_key,
        data_source,
        facility_id,
        feed,
        service_date,
        weekday,
        age_days,
        last_loaded_at,
        encounter_count,
        base_count,
        received_count,
        is_history,
        coalesce(
            sum(case when is_history then 1 else 0 end) over (
                partition by site_key, feed, weekday
                order by service_date
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as history_count
    from judged
)

select * from numbered
