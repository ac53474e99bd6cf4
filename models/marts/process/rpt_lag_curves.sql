with

steps as (
    select * from {{ ref('rpt_lag_steps') }}
),

counted as (
    select
        *,
        sum(begun_count) over everyone
        + coalesce(
            sum(entered_count - event_count - exit_count - open_count)
                over before,
            0
        ) as risk_count,
        lead(minutes) over so_far as next_minutes
    from steps
    window
        everyone as (
            partition by lag, lag_grouping, dimension_value, cohort
        ),
        so_far as (
            partition by lag, lag_grouping, dimension_value, cohort
            order by minutes
        ),
        before as (
            partition by lag, lag_grouping, dimension_value, cohort
            order by minutes
            rows between unbounded preceding and 1 preceding
        )
),

rated as (
    select
        *,
        cast(event_count as double precision)
        / greatest(risk_count, 1) as event_rate,
        cast(event_count + exit_count as double precision)
        / greatest(risk_count, 1) as leaving_rate
    from counted
),

waiting as (
    select
        *,
        case
            when max(leaving_rate) over before >= 1 then 0
            else coalesce(exp(sum(
                case when leaving_rate < 1 then ln(1 - leaving_rate) end
            ) over before), 1)
        end as waiting_before_share
    from rated
    window before as (
        partition by lag, lag_grouping, dimension_value, cohort
        order by minutes
        rows between unbounded preceding and 1 preceding
    )
),

arrived as (
    select
        *,
        sum(waiting_before_share * event_rate) over so_far as event_share,
        -- Of Greenwood's sum; what leaves last adds nothing to it.
        case
            when leaving_rate > 0 and leaving_rate < 1
                then leaving_rate / (risk_count * (1 - leaving_rate))
            else 0
        end as leaving_variance,
        waiting_before_share * event_rate / greatest(risk_count, 1)
            as event_weight
    from waiting
    window so_far as (
        partition by lag, lag_grouping, dimension_value, cohort
        order by minutes
    )
),

varied as (
    select
        *,
        event_share * event_share * sum(leaving_variance) over so_far
        - 2 * event_share
        * sum(event_share * leaving_variance + event_weight) over so_far
        + sum(
            event_share * event_share * leaving_variance
            + 2 * event_share * event_weight
            + event_weight * waiting_before_share * (1 - event_rate)
        ) over so_far as event_variance
    from arrived
    window so_far as (
        partition by lag, lag_grouping, dimension_value, cohort
        order by minutes
    )
),

spreading as (
    select
        *,
        case
            when event_variance > 0 and event_share < 1 - 1e-12
                then exp(
                    1.959963984540054 * sqrt(event_variance)
                    / ((1 - event_share) * -ln(1 - event_share))
                )
            else 1
        end as spread
    from varied
),

banded as (
    select
        lag,
        lag_grouping,
        dimension_value,
        cohort,
        minutes,
        next_minutes,
        event_count,
        exit_count,
        open_count,
        unknown_count,
        wide_count,
        cast(risk_count as bigint) as at_risk_count,
        waiting_before_share,
        waiting_before_share * (1 - least(leaving_rate, 1)) as waiting_share,
        event_share,
        event_variance,
        case
            when event_share > 0 and event_share < 1 - 1e-12
                then 1 - exp(ln(1 - event_share) / spread)
            else event_share
        end as event_share_low,
        case
            when event_share > 0 and event_share < 1 - 1e-12
                then 1 - exp(ln(1 - event_share) * spread)
            else event_share
        end as event_share_high
    from spreading
)

select * from banded
