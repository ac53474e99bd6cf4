with

points as (
    select * from {{ ref('rpt_signal_points') }}
),

limits as (
    select * from {{ ref('rpt_signal_limits') }}
),

signal_series as (
    select * from {{ ref('signal_series') }}
),

settings as (
    select
        max(value) filter (where threshold = 'signal_center_share')
            as center_share,
        max(value) filter (where threshold = 'signal_run_points')
            as run_points,
        max(value) filter (where threshold = 'signal_near_points')
            as near_points
    from {{ ref('thresholds') }}
),

sided as (
    select
        limits.*,
        limits.value - limits.expected_value as deviation,
        case
            when
                abs(limits.value - limits.expected_value)
                <= settings.center_share * limits.reach
                then 0
            when limits.value > limits.expected_value then 1
            else -1
        end as side
    from limits
    cross join settings
    where not limits.is_baseline
),

turned as (
    select
        *,
        case when side = lag(side) over phase then 0 else 1 end as is_turn,
        sum(case when deviation > reach / 2 then 1 else 0 end)
            over last_four as near_upper_count,
        sum(case when -deviation > reach / 2 then 1 else 0 end)
            over last_four as near_lower_count
    from sided
    window
        phase as (
            partition by series, facility_key, phase_start_date
            order by period_start_date
        ),
        last_four as (
            partition by series, facility_key, phase_start_date
            order by period_start_date
            rows between 3 preceding and current row
        )
),

numbered as (
    select
        *,
        sum(is_turn) over (
            partition by series, facility_key, phase_start_date
            order by period_start_date
            rows between unbounded preceding and current row
        ) as run_number
    from turned
),

signalled as (
    select
        numbered.series,
        numbered.facility_key,
        numbered.period_start_date,
        numbered.side,
        case
            when abs(numbered.deviation) > numbered.reach then 'beyond_limit'
            when signal_series.frequency = 'day' or numbered.side = 0 then null
            when
                row_number() over (
                    partition by
                        numbered.series,
                        numbered.facility_key,
                        numbered.phase_start_date,
                        numbered.run_number
                    order by numbered.period_start_date
                ) >= settings.run_points
                then 'run'
            when
                abs(numbered.deviation) > numbered.reach / 2
                and case
                    when numbered.side > 0 then numbered.near_upper_count
                    else numbered.near_lower_count
                end >= settings.near_points
                then 'near_limit'
        end as signal
    from numbered
    inner join signal_series
        on numbered.series = signal_series.series
    cross join settings
),

reported as (
    select
        points.series,
        signal_series.label as series_label,
        signal_series.frequency,
        points.facility_key,
        points.period_start_date,
        points.is_mature,
        points.visit_count,
        case when points.is_mature then points.value end as value,
        limits.phase_start_date,
        limits.is_baseline,
        limits.expected_value,
        cast(limits.expected_value - limits.reach as decimal(18, 4))
            as lower_limit,
        cast(limits.expected_value + limits.reach as decimal(18, 4))
            as upper_limit,
        signalled.signal,
        case
            when signalled.signal is null then null
            when (signalled.side > 0) = signal_series.is_more_better
                then 'better'
            else 'worse'
        end as change,
        points.projected_count
    from points
    inner join signal_series
        on points.series = signal_series.series
    left join limits
        on
            points.series = limits.series
            and points.facility_key is not distinct from limits.facility_key
            and points.period_start_date = limits.period_start_date
    left join signalled
        on
            points.series = signalled.series
            and points.facility_key is not distinct from signalled.facility_key
            and points.period_start_date = signalled.period_start_date
)

select * from reported
