with

holds as (
    select * from {{ ref('int_encounter_holds') }}
),

clock_stops as (
    select * from {{ ref('clock_stops') }}
),

stops as (
    select
        holds.encounter_key,
        holds.hold_id,
        holds.blocker_code,
        holds.started_at,
        holds.ended_at
    from holds
    inner join clock_stops
        on holds.blocker_code = clock_stops.blocker_code
)

select * from stops
