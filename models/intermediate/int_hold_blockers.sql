with

holds as (
    select * from {{ ref('int_encounter_holds') }}
    where blocker_stage <> 'exit'
),

merged as (
    select
        encounter_key,
        blocker_code,
        started_at,
        case when count(*) = count(ended_at) then max(ended_at) end as ended_at,
        'hold ' || string_agg(hold_id, ', ' order by hold_id) as evidence
    from holds
    group by 1, 2, 3
)

select * from merged
