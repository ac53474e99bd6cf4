with

projections as (
    select * from {{ ref('rpt_month_projections') }}
),

past as (
    select
        month_start_date,
        amount_by_then as amount_at_close,
        projected_amount,
        low_80_amount,
        high_80_amount,
        low_95_amount,
        high_95_amount,
        amount_at_maturity,
        cast(earlier_month_count as bigint) as earlier_month_count,
        cast(
            (projected_amount - amount_at_maturity)
            / nullif(amount_at_maturity, 0)
            as decimal(18, 4)
        ) as error_share,
        cast(
            (amount_by_then - amount_at_maturity)
            / nullif(amount_at_maturity, 0)
            as decimal(18, 4)
        ) as error_without_projection_share,
        amount_at_maturity between low_80_amount and high_80_amount
            as is_within_80,
        amount_at_maturity between low_95_amount and high_95_amount
            as is_within_95
    from projections
    where
        age_days = close_days
        and is_mature
        and projected_amount is not null
)

select * from past
