with

fhir_appointments as (
    select * from {{ ref('int_fhir_appointments') }}
),

hl7v2_appointments as (
    select * from {{ ref('int_hl7v2_appointments') }}
),

csv_appointments as (
    select * from {{ ref('stg_csv__appointments') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

from_csv as (
    select
        csv_appointments.data_source,
        csv_appointments.appointment_id,
        csv_appointments.encounter_id,
        csv_appointments.patient_id,
        csv_appointments.provider_npi,
        csv_appointments.facility_id,
        status_map.canonical_status as appointment_status,
        csv_appointments.start_at,
        csv_appointments.start_at_precision,
        csv_appointments.end_at,
        csv_appointments.end_at_precision,
        csv_appointments.created_at,
        csv_appointments.created_at_precision,
        csv_appointments.source_file_id,
        csv_appointments.source_position,
        coalesce(csv_appointments.updated_at, csv_appointments.loaded_at)
            as recorded_at,
        csv_appointments.loaded_at
    from csv_appointments
    left join status_maps as status_map
        on
            csv_appointments.status = status_map.source_status
            and status_map.code_system = 'csv_appointment_status'
),

all_sources as (
    select * from fhir_appointments
    union all
    select * from hl7v2_appointments
    union all
    select * from from_csv
),

keyed as (
    select
        {{ surviving_encounter_key('all_sources') }} as encounter_key,
        all_sources.*,
        {{ time_grade('all_sources.start_at', 'A') }} as start_at_grade,
        {{ time_grade('all_sources.end_at', 'A') }} as end_at_grade,
        {{ time_grade('all_sources.created_at', 'A') }} as created_at_grade
    from all_sources
    left join merged_encounters
        on
            all_sources.data_source = merged_encounters.data_source
            and all_sources.encounter_id = merged_encounters.encounter_id
)

select * from keyed
