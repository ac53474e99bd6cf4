with

standings as (
    select * from {{ ref('int_claim_standings') }}
),

chains as (
    select
        chain_key,
        data_source,
        count(*) as claim_count,
        count(*) filter (where claim_standing = 'live') as live_claim_count,
        cast(sum(rework_count) as bigint) as rework_count,
        bool_or(claim_standing = 'live') as is_live,
        bool_or(claim_standing in ('void', 'voided'))
        and not bool_or(claim_standing = 'live') as is_voided,
        coalesce(
            bool_or(claim_standing = 'live' and not leaves_bill_open), false
        ) as is_fully_billed
    from standings
    group by 1, 2
)

select * from chains
