with

answers as (
    select * from {{ ref('int_claim_answers') }}
    where evidence_source is not null
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

standings as (
    select * from {{ ref('int_claim_standings') }}
),

evidence as (
    select
        encounter_claims.encounter_key,
        answers.evidence_source,
        answers.occurred_at,
        answers.occurred_at_precision as precision,
        answers.source_file_id,
        answers.source_position,
        answers.recorded_at,
        standings.claim_standing in ('cancelled', 'voided', 'void')
            as is_withdrawn
    from answers
    inner join encounter_claims
        on answers.claim_key = encounter_claims.claim_key
    inner join standings
        on answers.claim_key = standings.claim_key
    where answers.occurred_at is not null
)

select * from evidence
