{% set limits = ['short_limit', 'middle_limit', 'long_limit', 'horizon'] -%}
with

curves as (
    select * from {{ ref('rpt_lag_curves') }}
),

lag_pairs as (
    select * from {{ ref('lag_pairs') }}
),

mature_share as (
    select * from {{ ref('thresholds') }}
    where threshold = 'lag_mature_share'
),

thresholds as (
    select
        60 * max(value) filter (where threshold = 'lag_short_limit')
            as short_limit,
        60 * max(value) filter (where threshold = 'lag_middle_limit')
            as middle_limit,
        60 * max(value) filter (where threshold = 'lag_long_limit')
            as long_limit
    from {{ ref('thresholds') }}
),

limited as (
    select
        curves.*,
        mature_share.value * max(curves.event_share) over (
            partition by
                curves.lag,
                curves.lag_grouping,
                curves.dimension_value,
                curves.cohort
        ) as settled_share,
        1440 * lag_pairs.horizon_days as horizon,
        thresholds.short_limit,
        thresholds.middle_limit,
        thresholds.long_limit
    from curves
    inner join lag_pairs
        on curves.lag = lag_pairs.lag
    cross join thresholds
    cross join mature_share
),

-- Greenwood's variance of the restricted mean: each step counts by the waiting
-- that is still to come after it.
lost as (
    select
        *,
        (waiting_before_share - waiting_share) * greatest(horizon - minutes, 0)
            as lost_minutes,
        case
            when event_count + exit_count < at_risk_count
                then cast(event_count + exit_count as double precision) / (
                    at_risk_count
                    * cast(at_risk_count - event_count - exit_count as bigint)
                )
            else 0
        end as leaving_variance
    from limited
),

weighed as (
    select
        *,
        waiting_share * greatest(horizon - minutes, 0)
        - coalesce(sum(lost_minutes) over after, 0) as left_minutes
    from lost
    window after as (
        partition by lag, lag_grouping, dimension_value, cohort
        order by minutes
        rows between 1 following and unbounded following
    )
),

measured as (
    select
        lag,
        lag_grouping,
        dimension_value,
        cohort,
        cast(sum(event_count + exit_count + open_count) as bigint)
            as encounter_count,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(exit_count) as bigint) as exit_count,
        cast(sum(open_count) as bigint) as open_count,
        cast(sum(unknown_count) as bigint) as unknown_count,
        cast(sum(wide_count) as bigint) as wide_count,
        max(minutes) / 60.0 as followed_hours,
        min(minutes) filter (
            where event_share >= settled_share - 1e-12 and event_share > 0
        ) / 60.0 as settled_hours,
        {% for name, part in [
            ('median', 0.5), ('p75', 0.75), ('p90', 0.9)
        ] -%}
        {% for bound, share in [
            ('', ''), ('_low', '_high'), ('_high', '_low')
        ] -%}
        min(minutes) filter (
            where event_share{{ share }} >= {{ part }} - 1e-12
        ) / 60.0 as {{ name }}{{ bound }}_hours,
        {% endfor -%}
        {% endfor -%}
        {% for limit in limits -%}
        {% set there -%}
            filter (
                where minutes <= {{ limit }}
                and (
                    next_minutes > {{ limit }}
                    or minutes = {{ limit }}
                    or next_minutes is null and waiting_share = 0
                )
            )
        {%- endset -%}
        {% for bound in ['', '_low', '_high'] -%}
        coalesce(
            max(event_share{{ bound }}) {{ there }},
            case when min(minutes) > max({{ limit }}) then 0 end
        ) as {{ limit }}{{ bound }}_share,
        {% endfor -%}
        coalesce(
            max(greatest(1 - event_share - waiting_share, 0)) {{ there }},
            case when min(minutes) > max({{ limit }}) then 0 end
        ) as {{ limit }}_exit_share,
        {% endfor -%}
        case
            when max(minutes) >= max(horizon) or min(waiting_share) = 0
                then (max(horizon) - sum(lost_minutes)) / 60
        end as restricted_mean_hours,
        1.959963984540054 * sqrt(sum(
            left_minutes * left_minutes * leaving_variance
        )) / 60 as mean_reach_hours
    from weighed
    group by 1, 2, 3, 4
)

select * from measured
