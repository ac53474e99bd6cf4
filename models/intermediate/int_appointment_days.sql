with

appointments as (
    select * from {{ ref('int_appointments') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

facilities as (
    select * from {{ ref('int_facilities') }}
),

survivors as (
    select * from {{ ref('int_survivors') }}
    where entity = 'patient' and surviving_id is not null
),

planned as (
    select
        appointments.data_source,
        appointments.appointment_id,
        appointments.appointment_status,
        appointments.start_at,
        appointments.source_file_id,
        appointments.source_position,
        encounters.encounter_key,
        coalesce(survivors.surviving_id, appointments.patient_id)
            as patient_id,
        case
            when appointments.start_at_precision in ('day', 'month')
                then cast(appointments.start_at as date)
            else {{ local_day(
                'appointments.start_at', 'facilities.time_zone'
            ) }}
        end as planned_date
    from appointments
    left join encounters
        on appointments.encounter_key = encounters.encounter_key
    left join facilities
        on
            appointments.data_source = facilities.data_source
            and appointments.facility_id = facilities.facility_id
    left join survivors
        on
            appointments.data_source = survivors.data_source
            and appointments.patient_id = survivors.prior_id
)

select * from planned
