with

feed_days as (
    select * from {{ ref('int_feed_site_days') }}
    where feed <> 'encounters'
),

expectations as (
    select * from {{ ref('int_feed_expectations') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
),

runs as (
    select
        *,
        sum(case when received_count > 0 then 1 else 0 end) over (
            partition by site_key, feed
            order by service_date
            rows between unbounded preceding and current row
        ) as run_number
    from feed_days
),

silent_days as (
    select
        runs.site_key,
        runs.feed,
        runs.service_date,
        runs.run_number,
        rules.max_chance,
        runs.base_count * {{ natural_logarithm(
            '1 - least(coalesce(expectations.mean_share, 0), rules.max_share)'
        ) }} as log_chance
    from runs
    inner join rules
        on runs.feed = rules.feed
    left join expectations
        on
            runs.site_key = expectations.site_key
            and runs.feed = expectations.feed
            and runs.service_date = expectations.service_date
    where runs.received_count = 0
),

whole_runs as (
    select
        *,
        sum(log_chance) over (partition by site_key, feed, run_number)
            as run_log_chance
    from silent_days
),

silences as (
    select
        site_key,
        feed,
        service_date,
        run_log_chance
    from whole_runs
    where run_log_chance <= {{ natural_logarithm('max_chance') }}
)

select * from silences
