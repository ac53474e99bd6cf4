with

encounters as (
    select * from {{ ref('int_priced_encounters') }}
    where is_settled
),

limits as (
    select * from {{ ref('int_claim_limits') }}
),

averages as (
    select
        data_source,
        visit_type,
        count(*) as settled_count,
        cast(avg(settled_amount) as decimal(18, 2)) as expected_amount
    from encounters
    group by 1, 2
),

reliable as (
    select averages.*
    from averages
    cross join limits
    where averages.settled_count >= limits.min_visit_count
)

select * from reliable
