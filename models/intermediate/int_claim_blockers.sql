with

encounters as (
    select * from {{ ref('int_encounters') }}
    where coalesce(encounter_status, 'finished') = 'finished'
),

gates as (
    select * from {{ ref('int_encounter_gates') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

ready as (
    select
        encounters.encounter_key,
        milestones.billing_ready_at as ready_at,
        least(
            milestones.claim_created_at,
            milestones.claim_submitted_at,
            milestones.first_adjudicated_at
        ) as claimed_at,
        least(milestones.claim_submitted_at, milestones.first_adjudicated_at)
            as submitted_at,
        gates.has_claim,
        gates.claim_count,
        coalesce(not gates.is_claim_passed, false) as is_open,
        coalesce(
            gates.is_documentation_passed
            and gates.is_charge_passed
            and gates.is_coding_passed
            and gates.is_hold_passed,
            false
        ) as is_ready
    from encounters
    inner join gates
        on encounters.encounter_key = gates.encounter_key
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    where gates.is_billable
),

intervals as (
    select
        encounter_key,
        'CLM-01' as blocker_code,
        ready_at as started_at,
        claimed_at as ended_at,
        'claims 0' as evidence,
        is_open and is_ready and not has_claim as is_open
    from ready
    union all
    select
        encounter_key,
        'CLM-03' as blocker_code,
        greatest(ready_at, claimed_at) as started_at,
        submitted_at as ended_at,
        'claims ' || cast(claim_count as varchar) as evidence,
        is_open and has_claim as is_open
    from ready
    where has_claim
),

blockers as (
    select
        encounter_key,
        blocker_code,
        started_at,
        case when not is_open then ended_at end as ended_at,
        evidence
    from intervals
    where is_open or ended_at > started_at
)

select * from blockers
