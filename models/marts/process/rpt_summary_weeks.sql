with

signals as (
    select * from {{ ref('rpt_signals') }}
    where frequency = 'week' and value is not null
),

settings as (
    select cast(value as bigint) * 7 as compared_days
    from {{ ref('thresholds') }}
    where threshold = 'summary_weeks'
),

last_weeks as (
    select
        series,
        max(period_start_date) as last_start_date
    from signals
    group by 1
),

sorted as (
    select
        signals.series,
        last_weeks.last_start_date,
        signals.period_start_date = last_weeks.last_start_date as is_last,
        signals.visit_count,
        signals.value * signals.visit_count as done_count
    from signals
    inner join last_weeks
        on signals.series = last_weeks.series
    cross join settings
    where
        {{ days_between(
            'signals.period_start_date', 'last_weeks.last_start_date'
        ) }} <= settings.compared_days
),

summed as (
    select
        series,
        last_start_date,
        sum(done_count) filter (where is_last) as done_count,
        sum(visit_count) filter (where is_last) as visit_count,
        sum(done_count) filter (where not is_last) as before_done_count,
        sum(visit_count) filter (where not is_last) as before_visit_count
    from sorted
    group by 1, 2
),

shared as (
    select
        series,
        last_start_date,
        cast(visit_count as bigint) as visit_count,
        cast(done_count / nullif(visit_count, 0) as decimal(18, 4)) as share,
        cast(
            before_done_count / nullif(before_visit_count, 0)
            as decimal(18, 4)
        ) as share_before
    from summed
)

select * from shared
