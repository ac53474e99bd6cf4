with

encounters as (
    select * from {{ ref('int_encounters') }}
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
    where is_settled
),

limits as (
    select * from {{ ref('int_claim_limits') }}
),

averages as (
    select
        encounters.data_source,
        encounters.visit_type,
        count(*) as settled_count,
        cast(avg(settlements.allowed_amount) as decimal(18, 2))
            as expected_amount
    from encounters
    inner join settlements
        on encounters.encounter_key = settlements.encounter_key
    group by 1, 2
),

reliable as (
    select averages.*
    from averages
    cross join limits
    where averages.settled_count >= limits.min_visit_count
)

select * from reliable
