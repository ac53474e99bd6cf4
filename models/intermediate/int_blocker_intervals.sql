with

spans as (
    select * from {{ ref('int_blocker_spans') }}
),

blockers as (
    select * from {{ ref('blockers') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

known as (
    select
        spans.encounter_key,
        spans.blocker_code,
        spans.started_at,
        case when spans.ended_at <= clock.as_of then spans.ended_at end
            as ended_at,
        spans.evidence,
        blockers.stage as blocker_stage,
        blockers.owner_role,
        blockers.is_delay
    from spans
    cross join clock
    inner join blockers
        on spans.blocker_code = blockers.blocker_code
    where coalesce(spans.started_at <= clock.as_of, true)
)

select * from known
