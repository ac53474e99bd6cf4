with

charges as (
    select * from {{ ref('fct_charges') }}
    where is_charged and month_start_date is not null
),

clock as (
    select * from {{ ref('int_clock') }}
),

limits as (
    select
        cast(max(value) filter (where threshold = 'month_close_days') as bigint)
            as close_days,
        cast(
            max(value) filter (where threshold = 'month_maturity_days')
            as bigint
        ) as maturity_days
    from {{ ref('thresholds') }}
),

dated as (
    select
        month_start_date,
        cast(month_start_date + interval '1' month as date) as next_month_date,
        entered_at,
        amount
    from charges
),

entries as (
    select
        month_start_date,
        next_month_date,
        {{ days_between('next_month_date', 'cast(entered_at as date)') }}
            as age_days,
        count(*) as charge_count,
        sum(amount) as amount
    from dated
    group by 1, 2, 3
),

months as (
    select
        entries.month_start_date,
        entries.next_month_date,
        limits.close_days,
        limits.maturity_days,
        {{ days_between(
            'entries.next_month_date', 'cast(clock.as_of as date)'
        ) }} as age_days
    from entries
    cross join limits
    cross join clock
    group by 1, 2, 3, 4, 5
),

-- Ages at which months are looked at: at the close, and where each is now.
ages as (
    select least(age_days, maturity_days) as age_days
    from months
    union
    select close_days as age_days
    from months
),

looked_at as (
    select
        months.month_start_date,
        months.next_month_date,
        ages.age_days,
        months.age_days as age_now_days,
        months.close_days,
        months.maturity_days
    from months
    inner join ages
        on months.age_days >= ages.age_days
),

summed as (
    select
        looked_at.month_start_date,
        looked_at.next_month_date,
        looked_at.age_days,
        looked_at.age_now_days,
        looked_at.close_days,
        looked_at.maturity_days,
        looked_at.age_now_days >= looked_at.maturity_days as is_mature,
        cast(sum(case
            when entries.age_days < looked_at.age_days then entries.amount
            else 0
        end) as decimal(18, 2)) as amount_by_then,
        cast(sum(case
            when entries.age_days < looked_at.maturity_days then entries.amount
            else 0
        end) as decimal(18, 2)) as amount_at_maturity,
        cast(sum(entries.amount) as decimal(18, 2)) as amount_now,
        cast(sum(entries.charge_count) as bigint) as charge_count
    from looked_at
    inner join entries
        on looked_at.month_start_date = entries.month_start_date
    group by 1, 2, 3, 4, 5, 6, 7
)

select * from summed
