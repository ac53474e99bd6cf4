with

encounters as (
    select * from {{ ref('int_encounters') }}
    where encounter_status = 'finished'
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

documentation as (
    select * from {{ ref('int_encounter_documentation') }}
    where is_documentation_complete
),

coverage as (
    select * from {{ ref('int_encounter_coverage') }}
),

visit_types as (
    select * from {{ ref('visit_types') }}
    where is_billable
),

charges as (
    select * from {{ ref('int_charges') }}
    where charge_status in ('planned', 'billable', 'billed')
),

entries as (
    select
        encounter_key,
        count(*) as entry_count,
        count(*) filter (where not is_charged) as planned_count,
        min(entered_at) as first_entered_at,
        min(entered_at) filter (where not is_charged) as first_planned_at,
        min(charge_id) filter (where not is_charged) as first_planned_id
    from charges
    group by 1
),

no_charge as (
    select
        encounters.encounter_key,
        'CHG-01' as blocker_code,
        milestones.documentation_complete_at as started_at,
        least(
            entries.first_entered_at,
            milestones.claim_submitted_at,
            milestones.first_adjudicated_at
        ) as ended_at,
        case
            when entries.entry_count > 0
                then 'charges ' || cast(entries.entry_count as varchar)
            else 'charges 0'
        end as evidence,
        coalesce(entries.entry_count, 0) as entry_count,
        coverage.is_charges_covered
    from encounters
    inner join documentation
        on encounters.encounter_key = documentation.encounter_key
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    inner join coverage
        on encounters.encounter_key = coverage.encounter_key
    inner join visit_types
        on encounters.visit_type = visit_types.visit_type
    left join entries
        on encounters.encounter_key = entries.encounter_key
),

in_review as (
    select
        encounters.encounter_key,
        'CHG-03' as blocker_code,
        entries.first_planned_at as started_at,
        cast(null as timestamp) as ended_at,
        'charge ' || entries.first_planned_id as evidence
    from encounters
    inner join entries
        on encounters.encounter_key = entries.encounter_key
    where entries.planned_count > 0
),

late_entries as (
    select
        encounters.encounter_key,
        'CHG-05' as blocker_code,
        charges.entered_at as started_at,
        cast(null as timestamp) as ended_at,
        'charge ' || min(charges.charge_id) as evidence
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    inner join charges
        on encounters.encounter_key = charges.encounter_key
    where
        charges.is_charged
        and charges.entered_at > milestones.claim_submitted_at
    group by 1, 3
),

blockers as (
    select
        encounter_key,
        blocker_code,
        started_at,
        ended_at,
        evidence
    from no_charge
    where
        (ended_at > started_at)
        or (ended_at is null and entry_count = 0 and is_charges_covered)
    union all
    select * from in_review
    union all
    select * from late_entries
)

select * from blockers
