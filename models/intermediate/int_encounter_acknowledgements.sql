with

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

standings as (
    select * from {{ ref('int_claim_standings') }}
),

answers as (
    select * from {{ ref('int_claim_answers') }}
),

feeds as (
    select * from {{ ref('int_acknowledgement_feeds') }}
),

blockers as (
    select * from {{ ref('int_acknowledgement_blockers') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

acceptances as (
    select
        claim_key,
        min(case when effect = 'clearinghouse_accepted' then occurred_at end)
            as clearinghouse_accepted_at,
        min(case when effect = 'payer_accepted' then occurred_at end)
            as payer_accepted_at
    from answers
    where claim_key is not null
    group by 1
),

open_rejections as (
    select
        blockers.encounter_key,
        count(*) as rejection_count
    from blockers
    cross join clock
    where
        blockers.blocker_code in ('ACK-02', 'ACK-03')
        and blockers.started_at <= clock.as_of
        and blockers.ended_at is null
    group by 1
),

live_claims as (
    select
        encounter_claims.encounter_key,
        bool_or(feeds.has_payer_answers) as has_payer_answers,
        min(acceptances.clearinghouse_accepted_at)
            as clearinghouse_accepted_at,
        case
            when count(*) = count(acceptances.payer_accepted_at)
                then max(acceptances.payer_accepted_at)
        end as payer_accepted_at
    from encounter_claims
    inner join standings
        on encounter_claims.claim_key = standings.claim_key
    inner join feeds
        on standings.data_source = feeds.data_source
    left join acceptances
        on encounter_claims.claim_key = acceptances.claim_key
    where standings.claim_standing = 'live'
    group by 1
),

acknowledged as (
    select
        live_claims.encounter_key,
        live_claims.has_payer_answers,
        live_claims.clearinghouse_accepted_at,
        live_claims.payer_accepted_at,
        live_claims.payer_accepted_at is not null as is_payer_accepted,
        coalesce(open_rejections.rejection_count, 0) > 0
            as has_rejected_submission
    from live_claims
    left join open_rejections
        on live_claims.encounter_key = open_rejections.encounter_key
)

select * from acknowledged
