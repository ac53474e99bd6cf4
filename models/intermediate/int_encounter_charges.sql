with

charges as (
    select * from {{ ref('int_charges') }}
),

totals as (
    select
        encounter_key,
        count(*) as charge_count,
        cast(sum(amount) as decimal(18, 2)) as charged_amount,
        min(entered_at) as charge_first_at
    from charges
    where is_charged and encounter_key is not null
    group by 1
)

select * from totals
