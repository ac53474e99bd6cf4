with

fhir_encounters as (
    select * from {{ ref('stg_fhir__encounters') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
),

provider_references as (
    select * from {{ ref('int_provider_references') }}
),

resolved as (
    select
        fhir_encounters.data_source,
        fhir_encounters.encounter_id,
        fhir_encounters.identifier,
        fhir_encounters.status,
        fhir_encounters.class_code,
        fhir_encounters.type_code,
        {{ resolved_id('patients', 'fhir_encounters.patient_id') }}
            as patient_id,
        {{ resolved_id(
            'provider_references',
            'fhir_encounters.practitioner_id',
            'provider_npi'
        ) }} as provider_npi,
        {{ resolved_id('locations', 'fhir_encounters.location_id') }}
            as location_id,
        {{ resolved_id('organizations', 'fhir_encounters.organization_id') }}
            as organization_id,
        {{ resolved_id('appointments', 'fhir_encounters.appointment_id') }}
            as appointment_id,
        fhir_encounters.started_at,
        fhir_encounters.started_at_precision,
        fhir_encounters.ended_at,
        fhir_encounters.ended_at_precision,
        fhir_encounters.planned_start_at,
        fhir_encounters.planned_start_at_precision,
        fhir_encounters.updated_at,
        fhir_encounters.source_file_id,
        fhir_encounters.source_position,
        fhir_encounters.loaded_at
    from fhir_encounters
    left join provider_references
        on
            fhir_encounters.data_source = provider_references.data_source
            and fhir_encounters.practitioner_reference
            = provider_references.reference
    left join fhir_references as patients
        on
            fhir_encounters.data_source = patients.data_source
            and fhir_encounters.patient_reference = patients.reference
            and patients.resource_type = 'Patient'
    left join fhir_references as locations
        on
            fhir_encounters.data_source = locations.data_source
            and fhir_encounters.location_reference = locations.reference
            and locations.resource_type = 'Location'
    left join fhir_references as organizations
        on
            fhir_encounters.data_source = organizations.data_source
            and fhir_encounters.organization_reference = organizations.reference
            and organizations.resource_type = 'Organization'
    left join fhir_references as appointments
        on
            fhir_encounters.data_source = appointments.data_source
            and fhir_encounters.appointment_reference = appointments.reference
            and appointments.resource_type = 'Appointment'
)

select * from resolved
