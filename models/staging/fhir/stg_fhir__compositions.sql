with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Composition'
    ) }}
),

extracted as (
    select
        *,
        {{ reference_text('resource', '$.encounter', 'Encounter') }}
            as encounter_text,
        coalesce(
            {{ reference_text('resource', '$.subject[0]', 'Patient') }},
            {{ reference_text('resource', '$.subject', 'Patient') }}
        ) as patient_text,
        coalesce(
            {{ json_text('resource', '$.identifier[0].system') }},
            {{ json_text('resource', '$.identifier.system') }}
        ) as identifier_system,
        coalesce(
            {{ json_text('resource', '$.identifier[0].value') }},
            {{ json_text('resource', '$.identifier.value') }}
        ) as identifier_value,
        {{ json_text('resource', '$.type.coding[0].code') }} as type_code,
        {{ json_text('resource', '$.status') }} as status,
        {{ reference_text('resource', '$.author[0]', 'Practitioner') }}
            as author_text,
        {{ json_text('resource', '$.date') }} as edited_at_text,
        {{ json_texts('resource', '$.meta.security[*].code') }}
            as security_codes
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as composition_id,
        {{ reference_id('encounter_text', 'Encounter') }} as encounter_id,
        {{ reference_key('encounter_text') }} as encounter_reference,
        {{ reference_id('patient_text', 'Patient') }} as patient_id,
        {{ reference_key('patient_text') }} as patient_reference,
        identifier_system,
        identifier_value,
        type_code,
        status,
        security_codes,
        {{ reference_id('author_text') }} as author_id,
        {{ reference_key('author_text') }} as author_reference,
        {{ to_utc('edited_at_text') }} as edited_at,
        {{ time_precision('edited_at_text') }} as edited_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
