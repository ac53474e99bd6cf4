with

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

outcomes as (
    select * from {{ ref('int_claim_outcomes') }}
),

settlements as (
    select
        encounter_claims.encounter_key,
        count(*) as claim_count,
        min(encounter_claims.match_grade) as match_grade,
        bool_and(outcomes.settled_at is not null) as is_settled,
        max(outcomes.settled_at) as settled_at,
        max(outcomes.last_denied_at) filter (where outcomes.settled_at is null)
            as last_denied_at,
        coalesce(
            bool_or(
                outcomes.has_documentation_denial
                and outcomes.settled_at is null
            ),
            false
        ) as has_documentation_denial,
        cast(
            sum(outcomes.paid_amount * encounter_claims.share)
            as decimal(18, 2)
        ) as paid_amount,
        cast(
            sum(outcomes.allowed_amount * encounter_claims.share)
            as decimal(18, 2)
        ) as allowed_amount
    from encounter_claims
    left join outcomes
        on encounter_claims.claim_key = outcomes.claim_key
    group by 1
)

select * from settlements
