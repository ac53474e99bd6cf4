with

encounters as (
    select * from {{ ref('int_encounters') }}
    where encounter_status = 'planned'
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

appointments as (
    select * from {{ ref('int_appointments') }}
),

thresholds as (
    select * from {{ ref('thresholds') }}
),

planned_ends as (
    select
        encounter_key,
        max(end_at) as end_at
    from appointments
    where encounter_key is not null
    group by 1
),

not_begun as (
    select
        encounters.encounter_key,
        coalesce(planned_ends.end_at, milestones.scheduled_for) as end_at,
        {{ add_seconds(
            'coalesce(planned_ends.end_at, milestones.scheduled_for)',
            'grace.value * 3600'
        ) }} as started_at
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    inner join thresholds as grace
        on grace.threshold = 'appointment_grace_hours'
    left join planned_ends
        on encounters.encounter_key = planned_ends.encounter_key
    where
        milestones.arrived_at is null
        and milestones.service_start_at is null
),

left_open as (
    select
        encounter_key,
        'SCH-01' as blocker_code,
        started_at,
        cast(null as timestamp) as ended_at,
        'planned until ' || cast(end_at as varchar) as evidence
    from not_begun
    where started_at is not null
)

select * from left_open
