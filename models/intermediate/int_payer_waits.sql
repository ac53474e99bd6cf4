with

intervals as (
    select * from {{ ref('int_claim_blocker_intervals') }}
    where rule_id in ('pay_02_accepted', 'pay_02_sent')
),

feeds as (
    select * from {{ ref('int_acknowledgement_feeds') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

claim_payers as (
    select
        claims.claim_key,
        coalesce(
            max(claims.payer_id), max(encounters.payer_id)
        ) as payer_id
    from claims
    left join encounter_claims
        on claims.claim_key = encounter_claims.claim_key
    left join encounters
        on encounter_claims.encounter_key = encounters.encounter_key
    group by 1
),

waits as (
    select
        intervals.claim_key,
        intervals.chain_key,
        intervals.data_source,
        claim_payers.payer_id,
        intervals.rule_id,
        intervals.started_at,
        intervals.ended_at,
        intervals.ended_by in (
            'allowed', 'denied_documentation', 'denied_other'
        ) as is_answered,
        intervals.evidence
    from intervals
    inner join feeds
        on intervals.data_source = feeds.data_source
    left join claim_payers
        on intervals.claim_key = claim_payers.claim_key
    where
        intervals.rule_id = 'pay_02_accepted'
        or not feeds.has_payer_answers
)

select * from waits
