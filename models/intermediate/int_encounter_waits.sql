with

intervals as (
    select * from {{ ref('int_wait_intervals') }}
),

boundaries as (
    select
        encounter_key,
        started_at as boundary_at
    from intervals
    union
    select
        encounter_key,
        ended_at as boundary_at
    from intervals
    where ended_at is not null
),

segments as (
    select
        encounter_key,
        boundary_at as started_at,
        lead(boundary_at) over (
            partition by encounter_key
            order by boundary_at
        ) as ended_at
    from boundaries
),

ranked as (
    select
        segments.encounter_key,
        segments.started_at,
        segments.ended_at,
        intervals.blocker_code,
        intervals.owner_role,
        row_number() over (
            partition by segments.encounter_key, segments.started_at
            order by
                intervals.gate_order asc,
                intervals.blocker_started_at asc,
                intervals.blocker_code asc
        ) as blocker_rank
    from segments
    inner join intervals
        on
            segments.encounter_key = intervals.encounter_key
            and segments.started_at >= intervals.started_at
            and (
                intervals.ended_at is null
                or segments.ended_at <= intervals.ended_at
            )
),

primaries as (
    select
        *,
        lag(blocker_code) over encounter_so_far as blocker_code_before,
        row_number() over encounter_so_far as segment_number
    from ranked
    where blocker_rank = 1
    window encounter_so_far as (
        partition by encounter_key
        order by started_at
    )
),

changes as (
    select
        *,
        case
            when segment_number = 1 then 1
            when (blocker_code is distinct from blocker_code_before) then 1
            else 0
        end as is_change
    from primaries
),

numbered as (
    select
        *,
        sum(is_change) over (
            partition by encounter_key
            order by started_at
            rows between unbounded preceding and current row
        ) as wait_number
    from changes
),

waits as (
    select
        encounter_key,
        owner_role,
        blocker_code,
        wait_number,
        min(started_at) as started_at,
        case when count(*) = count(ended_at) then max(ended_at) end as ended_at
    from numbered
    group by 1, 2, 3, 4
)

select * from waits
