with

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

standings as (
    select * from {{ ref('int_claim_standings') }}
),

chains as (
    select * from {{ ref('int_claim_chains') }}
),

outcomes as (
    select * from {{ ref('int_claim_outcomes') }}
),

encounter_outcomes as (
    select
        encounter_claims.encounter_key,
        encounter_claims.match_grade,
        standings.claim_standing = 'live' as is_live,
        standings.claim_standing in ('void', 'voided') as is_taken_back,
        standings.rework_count,
        claims.first_transmitted_at,
        claims.last_rejected_file_at,
        chains.is_fully_billed,
        outcomes.settled_at,
        case
            when
                outcomes.settled_at is null
                and coalesce(
                    claims.last_submitted_at <= outcomes.last_denied_at, true
                )
                then outcomes.last_denied_at
        end as open_denied_at,
        outcomes.has_documentation_denial,
        {{ allocated_part(
            'outcomes.paid_amount',
            'encounter_claims.share_before',
            'encounter_claims.share_up_to_here'
        ) }} as paid_amount,
        {{ allocated_part(
            'outcomes.allowed_amount',
            'encounter_claims.share_before',
            'encounter_claims.share_up_to_here'
        ) }} as allowed_amount
    from encounter_claims
    inner join claims
        on encounter_claims.claim_key = claims.claim_key
    inner join standings
        on encounter_claims.claim_key = standings.claim_key
    inner join chains
        on standings.chain_key = chains.chain_key
    left join outcomes
        on encounter_claims.claim_key = outcomes.claim_key
),

settlements as (
    select
        encounter_key,
        count(*) filter (where is_live) as claim_count,
        min(match_grade) as match_grade,
        bool_or(is_taken_back) and not bool_or(is_live) as is_voided,
        coalesce(
            bool_or(is_live and first_transmitted_at is not null), false
        ) as is_sent,
        coalesce(
            bool_or(
                is_live
                and first_transmitted_at is null
                and last_rejected_file_at is not null
            ),
            false
        ) as has_rejected_file,
        cast(sum(rework_count) as bigint) as rework_count,
        coalesce(
            bool_and(settled_at is not null and is_fully_billed) filter (
                where is_live
            ),
            false
        ) as is_settled,
        max(settled_at) filter (where is_live) as settled_at,
        max(open_denied_at) filter (where is_live) as last_denied_at,
        coalesce(
            bool_or(
                is_live
                and open_denied_at is not null
                and has_documentation_denial
            ),
            false
        ) as has_documentation_denial,
        cast(sum(paid_amount) as decimal(18, 2)) as paid_amount,
        cast(sum(allowed_amount) as decimal(18, 2)) as allowed_amount
    from encounter_outcomes
    group by 1
)

select * from settlements
