with

signals as (
    select * from {{ ref('rpt_signals') }}
    where value is not null and not is_baseline
),

summary_series as (
    select * from {{ ref('summary_series') }}
),

settings as (
    select cast(value as bigint) * 86400 as current_seconds
    from {{ ref('thresholds') }}
    where threshold = 'summary_current_days'
),

clock as (
    select * from {{ ref('int_clock') }}
),

latest_days as (
    select
        series,
        facility_key,
        max(period_start_date) as period_start_date
    from signals
    group by 1, 2
),

judged as (
    select
        summary_series.figure_code,
        signals.series,
        signals.facility_key,
        signals.visit_count,
        signals.change
    from signals
    inner join latest_days
        on
            signals.series = latest_days.series
            and signals.facility_key
            is not distinct from latest_days.facility_key
            and signals.period_start_date = latest_days.period_start_date
    inner join summary_series
        on signals.series = summary_series.series
    cross join settings
    cross join clock
    where
        {{ seconds_between(
            'cast(signals.period_start_date as timestamp)', 'clock.as_of'
        ) }} <= settings.current_seconds
),

placed as (
    select
        *,
        row_number() over (
            partition by figure_code
            order by
                case change when 'worse' then 1 when 'better' then 2 else 3 end
                asc,
                visit_count desc,
                series asc,
                facility_key asc
        ) as place
    from judged
),

counted as (
    select
        figure_code,
        count(*) as judged_count,
        count(*) filter (where change = 'worse') as worse_count,
        count(*) filter (where change = 'better') as better_count,
        max(case when place = 1 then series end) as line_series,
        max(case when place = 1 then facility_key end) as line_facility_key
    from placed
    group by 1
)

select * from counted
