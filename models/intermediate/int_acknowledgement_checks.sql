with

intervals as (
    select * from {{ ref('int_claim_blocker_intervals') }}
    where blocker_code like 'ACK-%'
),

feeds as (
    select * from {{ ref('int_acknowledgement_feeds') }}
),

encounter_chains as (
    select * from {{ ref('int_encounter_chains') }}
),

submissions as (
    select * from {{ ref('int_claim_submissions') }}
),

limits as (
    select * from {{ ref('int_claim_limits') }}
),

due as (
    select
        intervals.chain_key,
        intervals.blocker_code,
        intervals.rule_id,
        case intervals.rule_id
            when 'ack_01_missing'
                then {{ add_business_days(
                    'intervals.started_at',
                    'limits.file_acknowledgement_days'
                ) }}
            when 'ack_04'
                then {{ add_business_days(
                    'intervals.started_at',
                    'limits.payer_acknowledgement_days'
                ) }}
            else intervals.started_at
        end as started_at,
        intervals.ended_at,
        intervals.evidence,
        case intervals.rule_id
            when 'ack_01_missing'
                then (
                    feeds.has_file_answers
                    and submissions.submission_id is not null
                    and feeds.file_answers_loaded_at >= intervals.loaded_at
                )
            when 'ack_04'
                then (
                    feeds.has_payer_answers
                    and feeds.payer_answers_loaded_at >= intervals.loaded_at
                )
            else true
        end as is_provable
    from intervals
    inner join feeds
        on intervals.data_source = feeds.data_source
    left join submissions
        on
            intervals.rule_id = 'ack_01_missing'
            and intervals.evidence = submissions.submission_id
    cross join limits
),

checks as (
    select
        encounter_chains.encounter_key,
        due.blocker_code,
        due.rule_id,
        due.started_at,
        due.ended_at,
        due.rule_id || ' ' || due.evidence as evidence,
        coalesce(due.is_provable, false) as is_provable
    from due
    inner join encounter_chains
        on due.chain_key = encounter_chains.chain_key
    where due.ended_at is null or due.ended_at > due.started_at
)

select * from checks
