with

intervals as (
    select * from {{ ref('int_blocker_intervals') }}
),

stages as (
    select * from {{ ref('int_encounter_stages') }}
),

candidates as (
    select
        intervals.*,
        stages.stage,
        intervals.ended_at is null as is_open,
        intervals.ended_at is null and (
            intervals.blocker_stage = stages.stage
            or (
                stages.stage = 'claim'
                and intervals.blocker_stage = 'registration'
            )
            or (
                stages.stage in ('cancelled', 'non_billable')
                and intervals.blocker_code like 'NB-%'
            )
            or (
                stages.stage = 'unknown'
                and intervals.blocker_code = 'DQ-01'
            )
        ) as explains_stage
    from intervals
    inner join stages
        on intervals.encounter_key = stages.encounter_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by encounter_key, explains_stage
            order by
                blocker_stage = 'registration' desc,
                started_at asc nulls last,
                blocker_code asc
        ) as blocker_rank
    from candidates
),

blockers as (
    select
        encounter_key,
        blocker_code,
        started_at,
        ended_at,
        evidence,
        blocker_stage,
        owner_role,
        is_delay,
        is_open,
        explains_stage and blocker_rank = 1 as is_primary
    from ranked
)

select * from blockers
