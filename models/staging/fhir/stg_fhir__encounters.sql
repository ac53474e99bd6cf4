{% set not_persons =
    "(^|/)(Patient|RelatedPerson|Group|Device|HealthcareService)[/?]" %}

with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Encounter'
    ) }}
),

responsible as (
    select
        *,
        coalesce(
            {{ json_first(
                'resource', '$.participant', '$.actor.reference',
                not_persons, unlike=true
            ) }},
            {{ json_first(
                'resource', '$.participant', '$.individual.reference',
                not_persons, unlike=true
            ) }},
            {{ json_element('resource', '$.participant[0]') }}
        ) as participant,
        coalesce(
            {{ json_element('resource', '$.actualPeriod') }},
            {{ json_element('resource', '$.period') }}
        ) as period
    from resources
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.identifier[0].value') }} as identifier,
        {{ json_text('resource', '$.status') }} as status,
        coalesce(
            {{ json_text('resource', '$.class[0].coding[0].code') }},
            {{ json_text('resource', '$.class.code') }}
        ) as class_code,
        {{ json_text('resource', '$.subjectStatus.coding[0].code') }}
            as subject_status_code,
        {{ json_text('resource', '$.type[0].coding[0].code') }} as type_code,
        {{ reference_text('resource', '$.subject', 'Patient') }}
            as patient_text,
        coalesce(
            {{ reference_text('participant', '$.actor', 'Practitioner') }},
            {{ reference_text('participant', '$.individual', 'Practitioner') }}
        ) as practitioner_text,
        {{ reference_text('resource', '$.location[0].location', 'Location') }}
            as location_text,
        {{ reference_text('resource', '$.serviceProvider', 'Organization') }}
            as organization_text,
        {{ reference_text('resource', '$.appointment[0]', 'Appointment') }}
            as appointment_text,
        {{ reference_text('resource', '$.account[0]', 'Account') }}
            as account_text,
        {{ json_text('period', '$.start') }} as started_at_text,
        {{ json_text('period', '$.end') }} as ended_at_text,
        {{ json_text('resource', '$.plannedStartDate') }}
            as planned_start_at_text,
        {{ json_text('resource', '$.plannedEndDate') }} as planned_end_at_text,
        {{ json_texts('resource', '$.meta.security[*].code') }}
            as security_codes
    from responsible
),

renamed as (
    select
        _data_source as data_source,
        resource_id as encounter_id,
        identifier,
        status,
        class_code,
        subject_status_code,
        type_code,
        security_codes,
        {{ reference_id('patient_text') }} as patient_id,
        {{ reference_key('patient_text') }} as patient_reference,
        {{ reference_id('practitioner_text') }} as practitioner_id,
        {{ reference_key('practitioner_text') }} as practitioner_reference,
        {{ reference_id('location_text') }} as location_id,
        {{ reference_key('location_text') }} as location_reference,
        {{ reference_id('organization_text') }} as organization_id,
        {{ reference_key('organization_text') }} as organization_reference,
        {{ reference_id('appointment_text') }} as appointment_id,
        {{ reference_key('appointment_text') }} as appointment_reference,
        {{ reference_id('account_text', 'Account') }} as account_id,
        {{ reference_key('account_text') }} as account_reference,
        {{ to_utc('started_at_text') }} as started_at,
        {{ time_precision('started_at_text') }} as started_at_precision,
        {{ to_utc('ended_at_text') }} as ended_at,
        {{ time_precision('ended_at_text') }} as ended_at_precision,
        {{ to_utc('planned_start_at_text') }} as planned_start_at,
        {{ time_precision('planned_start_at_text') }}
            as planned_start_at_precision,
        {{ to_utc('planned_end_at_text') }} as planned_end_at,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
