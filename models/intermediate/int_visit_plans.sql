with

encounters as (
    select * from {{ ref('int_encounters') }}
),

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
    where has_taken_place
),

planned as (
    select * from {{ ref('int_appointment_days') }}
),

planned_days as (
    select
        data_source,
        patient_id,
        planned_date,
        count(*) as appointment_count
    from planned
    where encounter_key is null
    group by 1, 2, 3
),

planned_visits as (
    select
        encounter_key,
        count(*) as appointment_count
    from planned
    where encounter_key is not null
    group by 1
),

plans as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.encounter_id,
        encounter_days.site_key,
        encounter_days.service_date,
        encounters.started_at,
        planned_visits.appointment_count is not null as has_appointment,
        planned_visits.appointment_count is null
        and planned_days.appointment_count is null
        and encounters.scheduled_for is null as is_unplanned
    from encounter_days
    inner join encounters
        on encounter_days.encounter_key = encounters.encounter_key
    left join planned_visits
        on encounters.encounter_key = planned_visits.encounter_key
    left join planned_days
        on
            encounters.data_source = planned_days.data_source
            and encounters.surviving_patient_id = planned_days.patient_id
            and encounter_days.service_date = planned_days.planned_date
)

select * from plans
