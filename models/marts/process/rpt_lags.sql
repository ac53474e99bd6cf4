{% set shares_and_hours = [
    'median_hours', 'median_low_hours', 'median_high_hours',
    'p75_hours', 'p75_low_hours', 'p75_high_hours',
    'p90_hours', 'p90_low_hours', 'p90_high_hours',
    'restricted_mean_hours', 'restricted_mean_low_hours',
    'restricted_mean_high_hours',
    'short_limit_share', 'short_limit_low_share', 'short_limit_high_share',
    'short_limit_exit_share',
    'middle_limit_share', 'middle_limit_low_share', 'middle_limit_high_share',
    'middle_limit_exit_share',
    'long_limit_share', 'long_limit_low_share', 'long_limit_high_share',
    'long_limit_exit_share',
    'horizon_share', 'horizon_low_share', 'horizon_high_share',
    'horizon_exit_share',
] -%}
with

figures as (
    select * from {{ ref('rpt_lag_figures') }}
),

lag_pairs as (
    select * from {{ ref('lag_pairs') }}
),

lag_groupings as (
    select * from {{ ref('lag_groupings') }}
),

min_events as (
    select * from {{ ref('thresholds') }}
    where threshold = 'lag_min_events'
),

names as (
    select * from {{ ref('rpt_group_names') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

usual as (
    select
        figures.lag,
        substring(
            cast({{ add_seconds(
                'clock.as_of', '-3600 * figures.settled_hours'
            ) }} as varchar),
            1, 7
        ) as first_immature
    from figures
    inner join lag_groupings
        on figures.lag_grouping = lag_groupings.lag_grouping
    cross join clock
    where lag_groupings.dimension = 'all' and not lag_groupings.is_by_cohort
),

named as (
    select
        lag_pairs.lag_order,
        lag_pairs.label as lag_label,
        lag_pairs.horizon_days,
        lag_groupings.dimension,
        coalesce(names.dimension_name, figures.dimension_value)
            as dimension_name,
        figures.*,
        greatest(figures.restricted_mean_hours - figures.mean_reach_hours, 0)
            as restricted_mean_low_hours,
        least(
            figures.restricted_mean_hours + figures.mean_reach_hours,
            24 * lag_pairs.horizon_days
        ) as restricted_mean_high_hours,
        lag_groupings.hides_small_groups
        and figures.event_count < min_events.value as is_hidden,
        case
            when figures.cohort not in ('all', 'unknown')
                then coalesce(figures.cohort < usual.first_immature, false)
        end as is_mature,
        clock.as_of
    from figures
    inner join lag_pairs
        on figures.lag = lag_pairs.lag
    inner join lag_groupings
        on figures.lag_grouping = lag_groupings.lag_grouping
    left join names
        on
            lag_groupings.dimension = names.dimension
            and figures.dimension_value = names.dimension_value
    left join usual
        on figures.lag = usual.lag
    cross join min_events
    cross join clock
),

shown as (
    select
        lag,
        lag_label,
        lag_order,
        dimension,
        dimension_value,
        dimension_name,
        cohort,
        encounter_count,
        event_count,
        exit_count,
        open_count,
        unknown_count,
        wide_count,
        cast(followed_hours as decimal(18, 6)) as followed_hours,
        horizon_days,
        {% for figure in shares_and_hours -%}
        cast(
            case when not is_hidden then {{ figure }} end as decimal(18, 6)
        ) as {{ figure }},
        {% endfor -%}
        is_hidden,
        is_mature,
        as_of
    from named
)

select * from shown
