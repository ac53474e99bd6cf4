with

claim_records as (
    select * from {{ ref('int_claims') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

standings as (
    select * from {{ ref('int_claim_standings') }}
),

submissions as (
    select * from {{ ref('int_claim_submissions') }}
),

answers as (
    select * from {{ ref('int_claim_answers') }}
),

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
),

sent as (
    select
        claim_key,
        case claim_kind when 'void' then 'voided' else 'submitted' end
            as event_type,
        submitted_at as occurred_at,
        submitted_at as order_at,
        coalesce(min(submission_id), min(claim_id)) as evidence,
        max(loaded_at) as loaded_at
    from claim_records
    where
        submitted_at is not null
        and claim_status is distinct from 'cancelled'
    group by 1, 2, 3, 4
),

file_answers as (
    select
        claim_records.claim_key,
        case
            when submissions.is_rejected then 'file_rejected'
            else 'file_acknowledged'
        end as event_type,
        coalesce(submissions.rejected_at, submissions.acknowledged_at)
            as occurred_at,
        coalesce(submissions.rejected_at, submissions.acknowledged_at)
            as order_at,
        submissions.submission_id as evidence,
        submissions.loaded_at
    from claim_records
    inner join submissions
        on claim_records.submission_id = submissions.submission_id
    where submissions.acknowledgement_count > 0
),

claim_answers as (
    select
        claim_key,
        effect as event_type,
        occurred_at,
        order_at,
        category_code || ' ' || claim_status_id as evidence,
        loaded_at
    from answers
    where claim_key is not null and effect is not null
),

decisions as (
    select
        claim_key,
        case
            when remittance_status = 'reversal' then 'reversed'
            when not is_denied then 'allowed'
            when has_documentation_code then 'denied_documentation'
            else 'denied_other'
        end as event_type,
        adjudicated_at as occurred_at,
        adjudicated_at as order_at,
        remittance_id as evidence,
        loaded_at
    from remittances
    where
        claim_key is not null
        and (is_decision or remittance_status = 'reversal')
),

all_events as (
    select * from sent
    union all
    select * from file_answers
    union all
    select * from claim_answers
    union all
    select * from decisions
),

dated as (
    select
        claims.chain_key,
        claims.data_source,
        all_events.*
    from all_events
    inner join claims
        on all_events.claim_key = claims.claim_key
    inner join standings
        on all_events.claim_key = standings.claim_key
    where standings.claim_standing <> 'cancelled'
)

select * from dated
