with

deadlines as (
    select * from {{ ref('int_filing_deadlines') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
),

coverage as (
    select * from {{ ref('int_encounter_coverage') }}
),

feeds as (
    select * from {{ ref('int_acknowledgement_feeds') }}
),

exits as (
    select * from {{ ref('int_encounter_exits') }}
),

limits as (
    select * from {{ ref('int_claim_limits') }}
),

proofs as (
    select
        deadlines.encounter_key,
        deadlines.rule_id,
        cast(deadlines.filing_deadline_date as timestamp) as deadline_at,
        least(milestones.payer_accepted_at, milestones.first_adjudicated_at)
            as filed_at,
        case
            when coalesce(settlements.is_sent, false)
                then feeds.has_payer_answers or feeds.has_remittances
            when coalesce(settlements.claim_count, 0) > 0
                then coverage.is_submissions_covered
            else coverage.is_claims_covered
        end as is_provable
    from deadlines
    inner join encounters
        on deadlines.encounter_key = encounters.encounter_key
    inner join milestones
        on deadlines.encounter_key = milestones.encounter_key
    inner join coverage
        on deadlines.encounter_key = coverage.encounter_key
    left join settlements
        on deadlines.encounter_key = settlements.encounter_key
    left join feeds
        on encounters.data_source = feeds.data_source
    left join exits
        on deadlines.encounter_key = exits.encounter_key
    where exits.encounter_key is null
),

intervals as (
    select
        proofs.encounter_key,
        'TFL-01' as blocker_code,
        proofs.deadline_at
        - limits.filing_warning_days * interval '1' day as started_at,
        least(proofs.filed_at, proofs.deadline_at + interval '1' day)
            as ended_at,
        proofs.rule_id as evidence
    from proofs
    cross join limits
    where proofs.is_provable
    union all
    select
        encounter_key,
        'TFL-02' as blocker_code,
        deadline_at + interval '1' day as started_at,
        filed_at as ended_at,
        rule_id as evidence
    from proofs
    where is_provable
),

blockers as (
    select * from intervals
    where
        started_at is not null
        and (ended_at is null or ended_at > started_at)
)

select * from blockers
