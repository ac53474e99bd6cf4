with

stages as (
    select * from {{ ref('int_encounter_stages') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

exits as (
    select
        stages.encounter_key,
        case
            when stages.is_cancelled then 'NB-01'
            else stages.non_billable_code
        end as blocker_code,
        milestones.service_end_at as started_at,
        cast(null as timestamp) as ended_at,
        coalesce(stages.encounter_status, 'no status') as evidence
    from stages
    inner join milestones
        on stages.encounter_key = milestones.encounter_key
    where stages.stage in ('cancelled', 'non_billable')
)

select * from exits
