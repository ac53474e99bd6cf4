with

resources as (
    select *
    from {{ newest_fhir(
        source('raw', 'fhir_resources'), 'Encounter'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.identifier[0].value') }} as identifier,
        {{ json_text('resource', '$.status') }} as status,
        coalesce(
            {{ json_text('resource', '$.class.code') }},
            {{ json_text('resource', '$.class[0].coding[0].code') }}
        ) as class_code,
        {{ json_text('resource', '$.type[0].coding[0].code') }} as type_code,
        {{ json_text('resource', '$.subject.reference') }}
            as patient_id_text,
        {{ json_text('resource', '$.participant[0].individual.reference') }}
            as practitioner_id_text,
        {{ json_text('resource', '$.location[0].location.reference') }}
            as location_id_text,
        {{ json_text('resource', '$.serviceProvider.reference') }}
            as organization_id_text,
        {{ json_text('resource', '$.appointment[0].reference') }}
            as appointment_id_text,
        {{ json_text('resource', '$.period.start') }} as started_at_text,
        {{ json_text('resource', '$.period.end') }} as ended_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as encounter_id,
        identifier,
        status,
        class_code,
        type_code,
        {{ reference_id('patient_id_text') }} as patient_id,
        {{ reference_id('practitioner_id_text') }} as practitioner_id,
        {{ reference_id('location_id_text') }} as location_id,
        {{ reference_id('organization_id_text') }} as organization_id,
        {{ reference_id('appointment_id_text') }} as appointment_id,
        {{ to_utc('started_at_text') }} as started_at,
        {{ time_precision('started_at_text') }} as started_at_precision,
        {{ to_utc('ended_at_text') }} as ended_at,
        {{ time_precision('ended_at_text') }} as ended_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
