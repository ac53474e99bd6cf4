with

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

encounter_stages as (
    select * from {{ ref('int_encounter_stages') }}
    where
        stage in (
            'documentation', 'charge', 'coding', 'hold', 'claim',
            'acknowledgement', 'payer', 'closed', 'unknown'
        )
),

stages as (
    select * from {{ ref('stages') }}
),

blockers as (
    select * from {{ ref('int_encounter_blockers') }}
    where
        blocker_stage not in ('any', 'exit')
        and (blocker_stage <> 'data' or blocker_code = 'DQ-01')
),

clock_stops as (
    select * from {{ ref('clock_stops') }}
),

spans as (
    select
        encounter_stages.encounter_key,
        milestones.service_end_at as span_started_at,
        case
            when encounter_stages.stage = 'closed' then milestones.closed_at
        end as span_ended_at
    from encounter_stages
    inner join milestones
        on encounter_stages.encounter_key = milestones.encounter_key
),

clipped as (
    select
        spans.encounter_key,
        blockers.blocker_code,
        blockers.owner_role,
        case blockers.blocker_stage
            when 'registration' then 65
            when 'data' then 99
            else stages.stage_order * 10
        end
        - case when clock_stops.blocker_code is null then 0 else 1 end
            as gate_order,
        blockers.started_at as blocker_started_at,
        greatest(blockers.started_at, spans.span_started_at) as started_at,
        least(blockers.ended_at, spans.span_ended_at) as ended_at
    from spans
    inner join blockers
        on spans.encounter_key = blockers.encounter_key
    left join stages
        on blockers.blocker_stage = stages.stage
    left join clock_stops
        on blockers.blocker_code = clock_stops.blocker_code
    where blockers.started_at is not null
),

intervals as (
    select * from clipped
    where ended_at is null or ended_at > started_at
    union all
    select
        encounter_key,
        cast(null as varchar) as blocker_code,
        'none' as owner_role,
        1000 as gate_order,
        span_started_at as blocker_started_at,
        span_started_at as started_at,
        span_ended_at as ended_at
    from spans
    where
        span_started_at is not null
        and (span_ended_at is null or span_ended_at > span_started_at)
)

select * from intervals
