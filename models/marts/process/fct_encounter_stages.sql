with

encounters as (
    select * from {{ ref('fct_encounters') }}
),

waits as (
    select * from {{ ref('fct_encounter_waits') }}
),

stages as (
    select * from {{ ref('stages') }}
),

blockers as (
    select * from {{ ref('dim_blockers') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

in_process as (
    select
        encounters.*,
        stages.is_open or stages.stage = 'unknown' as is_in_process,
        least(encounters.arrived_at, encounters.service_start_at) as begun_at,
        least(
            coalesce(cast(encounters.service_date as timestamp), clock.as_of),
            clock.as_of
        ) as known_at
    from encounters
    inner join stages
        on encounters.stage = stages.stage
    cross join clock
),

pieces as (
    select
        encounter_key,
        'visit' as stage,
        begun_at as started_at,
        service_end_at as ended_at
    from in_process
    where
        stage not in ('scheduled', 'cancelled')
        and (is_in_process or service_end_at is not null)
        and (service_end_at is null or service_end_at > begun_at)
        and begun_at is not null
    union all
    select
        waits.encounter_key,
        case
            when blockers.stage = 'registration' then 'claim'
            when blockers.stage = 'data' then 'unknown'
            when blockers.stage is not null then blockers.stage
            when in_process.claim_submitted_at <= waits.started_at then 'payer'
            when in_process.billing_ready_at <= waits.started_at then 'claim'
            when in_process.documentation_complete_at <= waits.started_at
                then 'charge'
            else 'documentation'
        end as stage,
        waits.started_at,
        waits.ended_at
    from waits
    inner join in_process
        on waits.encounter_key = in_process.encounter_key
    left join blockers
        on waits.blocker_code = blockers.blocker_code
),

all_pieces as (
    select * from pieces
    union all
    select
        in_process.encounter_key,
        in_process.stage,
        in_process.known_at as started_at,
        cast(null as timestamp) as ended_at
    from in_process
    left join pieces
        on in_process.encounter_key = pieces.encounter_key
    where in_process.is_in_process and pieces.encounter_key is null
),

ordered as (
    select
        all_pieces.encounter_key,
        all_pieces.started_at,
        case when lead(all_pieces.started_at) over (
            partition by all_pieces.encounter_key
            order by all_pieces.started_at
        ) is null and in_process.is_in_process then in_process.stage end
            as stage_now,
        all_pieces.stage as stage_then,
        all_pieces.ended_at as ended_then
    from all_pieces
    inner join in_process
        on all_pieces.encounter_key = in_process.encounter_key
),

settled as (
    select
        encounter_key,
        started_at,
        coalesce(stage_now, stage_then) as stage,
        case when stage_now is null then ended_then end as ended_at
    from ordered
),

changes as (
    select
        *,
        case
            when
                stage = lag(stage) over (
                    partition by encounter_key
                    order by started_at
                )
                then 0
            else 1
        end as is_change
    from settled
),

numbered as (
    select
        *,
        sum(is_change) over (
            partition by encounter_key
            order by started_at
            rows between unbounded preceding and current row
        ) as span_number
    from changes
),

spans as (
    select
        encounter_key,
        cast(span_number as integer) as span_number,
        stage,
        min(started_at) as started_at,
        case when count(*) = count(ended_at) then max(ended_at) end as ended_at
    from numbered
    group by 1, 2, 3
)

select * from spans
