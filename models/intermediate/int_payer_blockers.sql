with

intervals as (
    select * from {{ ref('int_claim_blocker_intervals') }}
    where blocker_code in ('PAY-01', 'PAY-03', 'PAY-04')
),

waits as (
    select * from {{ ref('int_payer_waits') }}
),

response_times as (
    select * from {{ ref('int_payer_response_times') }}
),

encounter_chains as (
    select * from {{ ref('int_encounter_chains') }}
),

usual_waits as (
    select
        waits.*,
        waits.started_at
        + response_times.usual_response_days * interval '1' day
            as usual_until
    from waits
    left join response_times
        on
            waits.data_source = response_times.data_source
            and waits.payer_id = response_times.payer_id
),

claim_blockers as (
    select
        chain_key,
        blocker_code,
        started_at,
        ended_at,
        started_by || ' ' || evidence as evidence
    from intervals
    union all
    select
        chain_key,
        'PAY-02' as blocker_code,
        started_at,
        least(usual_until, ended_at) as ended_at,
        rule_id || ' ' || evidence as evidence
    from usual_waits
    union all
    select
        chain_key,
        'PAY-05' as blocker_code,
        usual_until as started_at,
        ended_at,
        'answers usually come until then' as evidence
    from usual_waits
    where usual_until is not null
),

blockers as (
    select
        encounter_chains.encounter_key,
        claim_blockers.blocker_code,
        claim_blockers.started_at,
        case
            when count(*) = count(claim_blockers.ended_at)
                then max(claim_blockers.ended_at)
        end as ended_at,
        min(claim_blockers.evidence) as evidence
    from claim_blockers
    inner join encounter_chains
        on claim_blockers.chain_key = encounter_chains.chain_key
    where
        claim_blockers.ended_at is null
        or claim_blockers.ended_at > claim_blockers.started_at
    group by 1, 2, 3
)

select * from blockers
