with

denials as (
    select * from {{ ref('int_denials') }}
    where not is_taken_back
),

answers as (
    select * from {{ ref('int_claim_answers') }}
),

claim_statuses as (
    select * from {{ ref('int_claim_statuses') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

intervals as (
    select * from {{ ref('int_claim_blocker_intervals') }}
),

refusal_codes as (
    select * from {{ ref('refusal_codes') }}
),

denied as (
    select
        claims.chain_key,
        'PAY-' as interval_prefix,
        refusal_codes.blocker_code,
        denials.adjudicated_at as refused_at,
        denials.code_list || ' ' || denials.code as sign
    from denials
    inner join refusal_codes
        on
            denials.code = refusal_codes.code
            and denials.code_list = refusal_codes.code_type
    inner join claims
        on denials.claim_key = claims.claim_key
),

rejected as (
    select
        answers.chain_key,
        'ACK-' as interval_prefix,
        refusal_codes.blocker_code,
        answers.order_at as refused_at,
        answers.category_code || ' ' || claim_statuses.status_entity_code
            as sign
    from answers
    inner join claim_statuses
        on
            answers.data_source = claim_statuses.data_source
            and answers.claim_status_id = claim_statuses.claim_status_id
    inner join refusal_codes
        on
            answers.category_code = refusal_codes.code_type
            and claim_statuses.status_entity_code = refusal_codes.code
    where answers.chain_key is not null
),

refused as (
    select * from denied
    union all
    select * from rejected
),

refusals as (
    select
        refused.chain_key,
        refused.blocker_code,
        intervals.started_at,
        case
            when count(*) = count(intervals.ended_at)
                then max(intervals.ended_at)
        end as ended_at,
        string_agg(refused.sign, ', ' order by refused.sign) as evidence
    from refused
    inner join intervals
        on
            refused.chain_key = intervals.chain_key
            and refused.interval_prefix = left(intervals.blocker_code, 4)
            and refused.refused_at >= intervals.started_at
            and coalesce(refused.refused_at < intervals.ended_at, true)
    where intervals.blocker_code in ('PAY-03', 'PAY-04', 'ACK-02', 'ACK-03')
    group by 1, 2, 3
)

select * from refusals
