with

coding as (
    select * from {{ ref('int_coding') }}
    where encounter_key is not null
),

clock as (
    select * from {{ ref('int_clock') }}
),

tasks as (
    select
        coding.encounter_key,
        coding.started_at,
        case
            when
                coalesce(coding.coding_status = 'completed', true)
                and coding.completed_at <= clock.as_of
                then coding.completed_at
        end as completed_at,
        coalesce(
            coding.coding_status = 'completed', coding.completed_at is not null
        ) as is_completed
    from coding
    cross join clock
),

totals as (
    select
        encounter_key,
        count(*) as task_count,
        count(*) filter (where not is_completed) as open_task_count,
        min(started_at) filter (where not is_completed) as open_since,
        case when bool_and(is_completed) then max(completed_at) end as coded_at
    from tasks
    group by 1
)

select * from totals
