with

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
    where claim_submitted_at is not null or first_adjudicated_at is not null
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
),

claims as (
    select
        milestones.encounter_key,
        coalesce(milestones.payer_accepted_at, milestones.claim_submitted_at)
            as sent_at,
        milestones.first_adjudicated_at,
        milestones.closed_at,
        settlements.last_denied_at,
        coalesce(settlements.has_documentation_denial, false)
            as has_documentation_denial,
        coalesce(settlements.claim_count, 0) as claim_count
    from milestones
    left join settlements
        on milestones.encounter_key = settlements.encounter_key
),

intervals as (
    select
        encounter_key,
        'PAY-02' as blocker_code,
        sent_at as started_at,
        case
            when last_denied_at is not null then first_adjudicated_at
            else coalesce(closed_at, first_adjudicated_at)
        end as ended_at,
        last_denied_at is null and closed_at is null as is_open,
        'claims ' || cast(claim_count as varchar) as evidence
    from claims
    union all
    select
        encounter_key,
        case when has_documentation_denial then 'PAY-03' else 'PAY-04' end
            as blocker_code,
        last_denied_at as started_at,
        closed_at as ended_at,
        closed_at is null as is_open,
        'denied ' || cast(last_denied_at as varchar) as evidence
    from claims
    where last_denied_at is not null
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
