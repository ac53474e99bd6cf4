with

stages as (
    select * from {{ ref('int_encounter_stages') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

sequence_violations as (
    select * from {{ ref('int_sequence_violations') }}
),

blockers as (
    select
        stages.encounter_key,
        'DQ-01' as blocker_code,
        milestones.service_end_at as started_at,
        cast(null as timestamp) as ended_at,
        case
            when stages.is_visit_over is null then 'visit'
            when stages.is_documentation_passed is null then 'documents'
            when stages.is_charge_passed is null then 'charges'
            else 'claims'
        end || ' not known' as evidence
    from stages
    inner join milestones
        on stages.encounter_key = milestones.encounter_key
    where stages.stage = 'unknown'
    union all
    select
        encounter_key,
        'DQ-02' as blocker_code,
        cast(null as timestamp) as started_at,
        cast(null as timestamp) as ended_at,
        'pairs out of order ' || cast(violation_count as varchar) as evidence
    from sequence_violations
)

select * from blockers
