with

months as (
    select * from {{ ref('rpt_month_ages') }}
),

student_t as (
    select * from {{ ref('student_t') }}
),

limits as (
    select
        max(value) filter (where threshold = 'month_min_months') as min_months,
        max(value) filter (where threshold = 'month_min_charges')
            as min_charges,
        cast(
            max(value) filter (where threshold = 'month_most_months')
            as bigint
        ) as most_months
    from {{ ref('thresholds') }}
),

-- Months that were mature when this one had that age: nothing is used that
-- nobody could know then.
earlier as (
    select
        months.month_start_date,
        months.age_days,
        ln(
            cast(earlier.amount_at_maturity as double precision)
            / earlier.amount_by_then
        ) as growth
    from months
    cross join limits
    inner join months as earlier
        on
            months.age_days = earlier.age_days
            and {{ days_between(
                'earlier.next_month_date', 'months.next_month_date'
            ) }} + months.age_days >= earlier.maturity_days
            and {{ days_between(
                'earlier.next_month_date', 'months.next_month_date'
            ) }} <= 31 * limits.most_months
    where
        earlier.amount_by_then > 0
        and earlier.amount_at_maturity > 0
        and earlier.charge_count >= limits.min_charges
),

grown as (
    select
        month_start_date,
        age_days,
        count(*) as month_count,
        avg(growth) as mean_growth,
        stddev_samp(growth) as growth_spread
    from earlier
    group by 1, 2
),

projected as (
    select
        months.*,
        coalesce(grown.month_count, 0) as earlier_month_count,
        months.amount_by_then * exp(grown.mean_growth) as projected_amount,
        case
            when grown.month_count >= limits.min_months
                then
                    grown.growth_spread * sqrt(1 + 1.0 / grown.month_count)
        end as spread,
        student_t.upper_80,
        student_t.upper_95
    from months
    cross join limits
    left join grown
        on
            months.month_start_date = grown.month_start_date
            and months.age_days = grown.age_days
    left join student_t
        on least(grown.month_count - 1, 30) = student_t.degrees
),

banded as (
    select
        month_start_date,
        next_month_date,
        age_days,
        age_now_days,
        close_days,
        is_mature,
        earlier_month_count,
        cast(amount_by_then as decimal(18, 2)) as amount_by_then,
        cast(amount_at_maturity as decimal(18, 2)) as amount_at_maturity,
        cast(amount_now as decimal(18, 2)) as amount_now,
        cast(projected_amount as decimal(18, 2)) as projected_amount,
        {% for share in ['80', '95'] -%}
        cast(
            projected_amount * exp(-spread * upper_{{ share }})
            as decimal(18, 2)
        ) as low_{{ share }}_amount,
        cast(
            projected_amount * exp(spread * upper_{{ share }})
            as decimal(18, 2)
        ) as high_{{ share }}_amount,
        {% endfor -%}
        cast(amount_by_then / nullif(projected_amount, 0) as decimal(18, 4))
            as completion_share
    from projected
)

select * from banded
