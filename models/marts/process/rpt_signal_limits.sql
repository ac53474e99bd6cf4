with

points as (
    select * from {{ ref('rpt_signal_points') }}
    where is_mature and is_enough
),

signal_series as (
    select * from {{ ref('signal_series') }}
),

decisions as (
    select * from {{ ref('signal_phases') }}
    where is_enabled
),

settings as (
    select
        max(value) filter (where threshold = 'signal_limit_factor')
            as limit_factor,
        max(value) filter (where threshold = 'signal_chance_factor')
            as chance_factor,
        max(value) filter (where threshold = 'signal_range_factor')
            as range_factor,
        max(value) filter (where threshold = 'signal_min_points') as min_points
    from {{ ref('thresholds') }}
),

phased as (
    select
        points.series,
        points.facility_key,
        points.period_start_date,
        points.visit_count,
        points.value,
        max(decisions.phase_start_date) as phase_start_date
    from points
    left join decisions
        on
            points.series = decisions.series
            and points.period_start_date >= decisions.phase_start_date
            and decisions.facility_key in ('all', points.facility_key)
    group by 1, 2, 3, 4, 5
),

numbered as (
    select
        phased.*,
        signal_series.frequency,
        signal_series.min_count,
        signal_series.baseline_count,
        case
            when signal_series.frequency = 'day'
                then {{ weekday_number('phased.period_start_date') }}
            else 0
        end as weekday,
        row_number() over (
            partition by
                phased.series, phased.facility_key, phased.phase_start_date
            order by phased.period_start_date
        ) as point_number
    from phased
    inner join signal_series
        on phased.series = signal_series.series
),

profiled as (
    select
        *,
        avg(value) filter (where point_number <= baseline_count) over phase
            as center,
        cast(
            avg(value) filter (where point_number <= baseline_count)
                over phase_weekday
            as decimal(18, 6)
        ) as expected_value
    from numbered
    window
        phase as (partition by series, facility_key, phase_start_date),
        phase_weekday as (
            partition by series, facility_key, phase_start_date, weekday
        )
),

ranged as (
    select
        *,
        case
            when frequency = 'day' then expected_value + 1
            else
                expected_value * (1 - expected_value) / visit_count
                + 1.0 / (visit_count * visit_count)
        end as chance_variance,
        abs(
            value - expected_value - case
                when frequency = 'week'
                    then lag(value - expected_value) over phase_in_order
                else lag(value - expected_value, 7) over phase_in_order
            end
        ) as moving_range
    from profiled
    window phase_in_order as (
        partition by series, facility_key, phase_start_date
        order by period_start_date
    )
),

averaged as (
    select
        *,
        avg(moving_range) filter (where point_number <= baseline_count)
            over phase as mean_moving_range,
        count(*) filter (where point_number <= baseline_count)
            over phase as baseline_points
    from ranged
    window phase as (partition by series, facility_key, phase_start_date)
),

limited as (
    select
        averaged.series,
        averaged.facility_key,
        averaged.period_start_date,
        averaged.phase_start_date,
        cast(averaged.point_number as integer) as point_number,
        averaged.point_number <= averaged.baseline_count as is_baseline,
        averaged.value,
        cast(averaged.expected_value as decimal(18, 4)) as expected_value,
        cast(
            greatest(
                settings.limit_factor * averaged.mean_moving_range,
                settings.chance_factor * sqrt(averaged.chance_variance)
            ) as decimal(18, 4)
        ) as reach,
        cast(averaged.moving_range as decimal(18, 4)) as moving_range,
        cast(
            settings.range_factor * averaged.mean_moving_range
            as decimal(18, 4)
        ) as range_limit
    from averaged
    cross join settings
    where
        averaged.baseline_points >= settings.min_points
        and (averaged.weekday = 0 or averaged.center >= averaged.min_count)
)

select * from limited
