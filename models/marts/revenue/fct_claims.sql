with

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

standings as (
    select * from {{ ref('int_claim_standings') }}
),

outcomes as (
    select * from {{ ref('int_claim_outcomes') }}
),

encounter_claims as (
    select * from {{ ref('bridge_encounters_claims') }}
),

encounter_counts as (
    select
        claim_key,
        count(*) as encounter_count
    from encounter_claims
    group by 1
),

joined as (
    select
        claims.claim_key,
        claims.data_source,
        claims.claim_id,
        claims.patient_control_number,
        claims.frequency_code,
        {{ foreign_key(['claims.data_source', 'claims.payer_id']) }}
            as payer_key,
        claims.claim_status,
        claims.created_at,
        claims.submitted_at,
        outcomes.first_adjudicated_at,
        outcomes.first_paid_at,
        outcomes.settled_at,
        outcomes.last_denied_at,
        claims.claim_amount,
        cast(outcomes.paid_amount as decimal(18, 2)) as paid_amount,
        coalesce(outcomes.last_denied_at is not null, false) as is_denied,
        coalesce(encounter_counts.encounter_count, 0) as encounter_count,
        claims.record_count,
        claims.chain_key,
        standings.claim_kind,
        standings.claim_standing,
        cast(standings.rework_count as bigint) as rework_count
    from claims
    inner join standings
        on claims.claim_key = standings.claim_key
    left join outcomes
        on claims.claim_key = outcomes.claim_key
    left join encounter_counts
        on claims.claim_key = encounter_counts.claim_key
)

select * from joined
