with

claims as (
    select * from {{ ref('fct_claims') }}
    where claim_kind = 'original'
),

links as (
    select * from {{ ref('bridge_encounters_claims') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

blockers as (
    select * from {{ ref('fct_encounter_blockers') }}
),

claim_touches as (
    select * from {{ ref('claim_touches') }}
),

decisions as (
    select * from {{ ref('fct_remittances') }}
    where is_decision and not is_duplicate and claim_key is not null
),

touched_encounters as (
    select
        blockers.encounter_key,
        count(*) filter (where claim_touches.is_refusal) as refusal_count
    from blockers
    inner join claim_touches
        on blockers.blocker_code = claim_touches.blocker_code
    group by 1
),

sent_claims as (
    select
        links.claim_key,
        count(touched_encounters.encounter_key) as touch_count,
        coalesce(sum(touched_encounters.refusal_count), 0) as refusal_count,
        count(*) filter (
            where
            encounters.payer_accepted_at is not null
            or encounters.clearinghouse_accepted_at is not null
            or touched_encounters.refusal_count > 0
        ) as answer_count
    from links
    inner join encounters
        on links.encounter_key = encounters.encounter_key
    left join touched_encounters
        on links.encounter_key = touched_encounters.encounter_key
    group by 1
),

first_times as (
    select
        claim_key,
        min(adjudicated_at) as first_decided_at
    from decisions
    group by 1
),

first_decisions as (
    select
        decisions.claim_key,
        first_times.first_decided_at,
        max(case when decisions.is_denied then 1 else 0 end) as denied,
        max(case when decisions.is_documentation_denial then 1 else 0 end)
            as documentation_denied,
        sum(decisions.charge_amount) as charge_amount
    from decisions
    inner join first_times
        on
            decisions.claim_key = first_times.claim_key
            and decisions.adjudicated_at = first_times.first_decided_at
    group by 1, 2
),

passes as (
    select
        claims.claim_key,
        claims.data_source,
        claims.payer_key,
        claims.submitted_at,
        coalesce(sent_claims.touch_count, 0) = 0 as is_clean,
        case
            when sent_claims.answer_count > 0
                then sent_claims.refusal_count = 0
        end as is_accepted,
        first_decisions.first_decided_at,
        first_decisions.denied = 1 as is_denied,
        first_decisions.documentation_denied = 1 as is_documentation_denial,
        cast(first_decisions.charge_amount as decimal(18, 2)) as charge_amount
    from claims
    left join sent_claims
        on claims.claim_key = sent_claims.claim_key
    left join first_decisions
        on claims.claim_key = first_decisions.claim_key
    where
        claims.submitted_at is not null
        or first_decisions.claim_key is not null
)

select * from passes
