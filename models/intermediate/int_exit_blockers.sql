with

stages as (
    select * from {{ ref('int_encounter_stages') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

encounter_exits as (
    select * from {{ ref('int_encounter_exits') }}
),

exits as (
    select
        stages.encounter_key,
        case
            when stages.is_cancelled then 'NB-01'
            else stages.non_billable_code
        end as blocker_code,
        case
            when stages.is_cancelled then milestones.service_end_at
            else
                coalesce(encounter_exits.left_at, milestones.service_end_at)
        end as started_at,
        cast(null as timestamp) as ended_at,
        coalesce(
            case
                when stages.stage = 'non_billable'
                    then encounter_exits.exit_evidence
            end,
            stages.encounter_status,
            'no status'
        ) as evidence
    from stages
    inner join milestones
        on stages.encounter_key = milestones.encounter_key
    left join encounter_exits
        on stages.encounter_key = encounter_exits.encounter_key
    where stages.stage in ('cancelled', 'non_billable')
)

select * from exits
