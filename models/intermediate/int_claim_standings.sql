with

claims as (
    select
        *,
        coalesce(last_transmitted_at, created_at) as claim_at,
        coalesce(claim_status = 'cancelled', false) as is_cancelled
    from {{ ref('int_claims_resolved') }}
),

claim_frequencies as (
    select * from {{ ref('claim_frequencies') }}
),

chains as (
    select
        chain_key,
        bool_or(first_transmitted_at is not null) as is_transmitted
    from claims
    group by 1
),

voids as (
    select
        claims.chain_key,
        max(claims.claim_at) as voided_at
    from claims
    inner join chains
        on claims.chain_key = chains.chain_key
    where
        claims.claim_kind = 'void'
        and not claims.is_cancelled
        and (
            claims.first_transmitted_at is not null
            or not chains.is_transmitted
        )
    group by 1
),

placed as (
    select
        claims.*,
        coalesce(claim_frequencies.is_additive, false) as is_additive,
        coalesce(claim_frequencies.leaves_bill_open, false)
            as leaves_bill_open,
        case
            when claims.is_cancelled then 'cancelled'
            when claims.claim_kind = 'void' then 'void'
            when
                voids.chain_key is not null
                and coalesce(claims.claim_at < voids.voided_at, true)
                then 'voided'
            else 'live'
        end as standing_alone
    from claims
    left join claim_frequencies
        on claims.frequency_code = claim_frequencies.frequency_code
    left join voids
        on claims.chain_key = voids.chain_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by chain_key, is_additive, standing_alone
            order by
                case when first_transmitted_at is null then 1 else 0 end asc,
                claim_at desc nulls last,
                frequency_code desc,
                claim_key asc
        ) as newest_rank,
        max(first_transmitted_at) over (
            partition by chain_key, is_additive, standing_alone
        ) as chain_transmitted_at
    from placed
),

standings as (
    select
        claim_key,
        chain_key,
        data_source,
        claim_kind,
        case
            when
                standing_alone <> 'live' or is_additive or newest_rank = 1
                then standing_alone
            when
                first_transmitted_at is null
                and chain_transmitted_at is not null
                then 'unsent'
            else 'replaced'
        end as claim_standing,
        leaves_bill_open,
        case
            when claim_kind in ('replacement', 'void') and not is_cancelled
                then greatest(submission_count, 1)
            else 0
        end as rework_count
    from ranked
)

select * from standings
