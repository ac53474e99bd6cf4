with

checks as (
    select * from {{ ref('int_acknowledgement_checks') }}
    where is_provable
),

blockers as (
    select
        encounter_key,
        blocker_code,
        started_at,
        case when count(*) = count(ended_at) then max(ended_at) end
            as ended_at,
        min(evidence) as evidence
    from checks
    group by 1, 2, 3
)

select * from blockers
