with

fhir_appointments as (
    select * from {{ ref('stg_fhir__appointments') }}
),

fhir_encounters as (
    select * from {{ ref('int_fhir_encounters_resolved') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

visits as (
    select
        data_source,
        appointment_id,
        case when count(*) = 1 then min(encounter_id) end as encounter_id,
        case when count(*) = 1 then min(patient_id) end as patient_id,
        count(*) > 1 as is_group
    from fhir_encounters
    where appointment_id is not null
    group by 1, 2
),

canonical as (
    select
        fhir_appointments.data_source,
        fhir_appointments.appointment_id,
        visits.encounter_id,
        case
            when not coalesce(visits.is_group, false)
                then coalesce(
                    visits.patient_id,
                    {{ resolved_id(
                        'patients', 'fhir_appointments.patient_id'
                    ) }}
                )
        end as patient_id,
        {{ resolved_id(
            'provider_references',
            'fhir_appointments.practitioner_id',
            'provider_npi'
        ) }} as provider_npi,
        {{ resolved_id('locations', 'fhir_appointments.location_id') }}
            as facility_id,
        status_map.canonical_status as appointment_status,
        fhir_appointments.start_at,
        fhir_appointments.start_at_precision,
        fhir_appointments.end_at,
        fhir_appointments.end_at_precision,
        fhir_appointments.created_at,
        fhir_appointments.created_at_precision,
        fhir_appointments.source_file_id,
        fhir_appointments.source_position,
        coalesce(fhir_appointments.updated_at, fhir_appointments.loaded_at)
            as recorded_at,
        fhir_appointments.loaded_at
    from fhir_appointments
    left join visits
        on
            fhir_appointments.data_source = visits.data_source
            and fhir_appointments.appointment_id = visits.appointment_id
    left join fhir_references as patients
        on
            fhir_appointments.data_source = patients.data_source
            and fhir_appointments.patient_reference = patients.reference
            and patients.resource_type = 'Patient'
    left join provider_references
        on
            fhir_appointments.data_source = provider_references.data_source
            and fhir_appointments.practitioner_reference
            = provider_references.reference
    left join fhir_references as locations
        on
            fhir_appointments.data_source = locations.data_source
            and fhir_appointments.location_reference = locations.reference
            and locations.resource_type = 'Location'
    left join status_maps as status_map
        on
            fhir_appointments.status = status_map.source_status
            and status_map.code_system = 'fhir_appointment_status'
)

select * from canonical
