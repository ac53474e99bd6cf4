with

projections as (
    select * from {{ ref('rpt_month_projections') }}
),

restatements as (
    select * from {{ ref('rpt_restatements') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

reported as (
    select
        month_start_date,
        max(reported_at) as reported_at,
        max(reported_amount) as reported_amount
    from restatements
    group by 1
),

as_of_now as (
    select
        month_start_date,
        amount_now,
        case when not is_mature then projected_amount end as projected_amount,
        case when not is_mature then low_80_amount end as low_80_amount,
        case when not is_mature then high_80_amount end as high_80_amount,
        case when not is_mature then low_95_amount end as low_95_amount,
        case when not is_mature then high_95_amount end as high_95_amount,
        case when not is_mature then completion_share end as completion_share,
        earlier_month_count,
        age_now_days >= close_days as is_close_due,
        is_mature
    from projections
    where
        (not is_mature and age_days = age_now_days)
        or (is_mature and age_days = close_days)
),

joined as (
    select
        as_of_now.month_start_date,
        as_of_now.amount_now as charged_amount,
        as_of_now.projected_amount,
        as_of_now.low_80_amount,
        as_of_now.high_80_amount,
        as_of_now.low_95_amount,
        as_of_now.high_95_amount,
        as_of_now.completion_share,
        cast(as_of_now.earlier_month_count as bigint) as earlier_month_count,
        as_of_now.is_close_due,
        as_of_now.is_mature,
        reported.reported_at,
        reported.reported_amount,
        cast(as_of_now.amount_now - reported.reported_amount as decimal(18, 2))
            as restated_amount,
        clock.as_of
    from as_of_now
    cross join clock
    left join reported
        on as_of_now.month_start_date = reported.month_start_date
)

select * from joined
