with

signal_series as (
    select * from {{ ref('signal_series') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
    where
        service_end_at is not null
        and service_date is not null
        and stage not in (
            'scheduled', 'visit', 'cancelled', 'non_billable', 'unknown'
        )
),

events as (
    select
        encounter_key,
        milestone,
        occurred_at
    from {{ ref('fct_encounter_events') }}
    where is_effective
),

stage_days as (
    select
        *,
        lag(open_at_end_count, 28) over (
            partition by facility_key, stage
            order by date_day
        ) as open_before_count
    from {{ ref('fct_stage_days') }}
),

settings as (
    select * from {{ ref('thresholds') }}
    where threshold = 'signal_settle_hours'
),

clock as (
    select * from {{ ref('int_clock') }}
),

facility_beginnings as (
    select
        facility_key,
        min(date_day) as first_date,
        max(date_day) as last_date
    from stage_days
    group by 1
),

weeks as (
    select
        signal_series.series,
        encounters.facility_key,
        cast(date_trunc('week', encounters.service_date) as date)
            as period_start_date,
        count(*) as visit_count,
        count(*) filter (
            where
            events.occurred_at <= {{ add_seconds(
                'encounters.service_end_at',
                'cast(signal_series.horizon_hours * 3600 as bigint)'
            ) }}
        ) as in_time_count
    from encounters
    inner join signal_series
        on signal_series.frequency = 'week'
    left join events
        on
            encounters.encounter_key = events.encounter_key
            and signal_series.milestone = events.milestone
    group by 1, 2, 3
),

points as (
    select
        series,
        facility_key,
        period_start_date,
        visit_count,
        cast(1.0 * in_time_count / visit_count as decimal(18, 4)) as value,
        cast(null as bigint) as projected_count
    from weeks
    union all
    select
        signal_series.series,
        stage_days.facility_key,
        stage_days.date_day as period_start_date,
        stage_days.open_at_end_count as visit_count,
        cast(stage_days.open_at_end_count as decimal(18, 4)) as value,
        case
            when stage_days.open_before_count is not null
                then cast(greatest(cast(
                    stage_days.open_at_end_count + (
                        stage_days.open_at_end_count
                        - stage_days.open_before_count
                    ) / 4.0 as decimal(18, 0)
                ), 0) as bigint)
        end as projected_count
    from stage_days
    inner join signal_series
        on
            stage_days.stage = signal_series.stage
            and signal_series.frequency = 'day'
),

matured as (
    select
        points.series,
        points.facility_key,
        points.period_start_date,
        points.visit_count,
        points.value,
        points.projected_count,
        {{ days_between('beginnings.first_date', 'points.period_start_date') }}
        >= signal_series.warm_up_days
        and case
            when signal_series.frequency = 'day'
                then points.period_start_date < beginnings.last_date
            else
                {{ add_seconds(
                    'cast(points.period_start_date as timestamp)',
                    'cast((168 + signal_series.horizon_hours + settings.value)'
                    ' * 3600 as bigint)'
                ) }} <= clock.as_of
        end as is_mature,
        signal_series.frequency = 'day'
        or points.visit_count >= signal_series.min_count as is_enough
    from points
    inner join signal_series
        on points.series = signal_series.series
    inner join facility_beginnings as beginnings
        on points.facility_key is not distinct from beginnings.facility_key
    cross join settings
    cross join clock
)

select * from matured
