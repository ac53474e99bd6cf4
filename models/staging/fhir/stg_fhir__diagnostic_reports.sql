with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'DiagnosticReport'
    ) }}
),

extracted as (
    select
        *,
        {{ reference_text('resource', '$.encounter', 'Encounter') }}
            as encounter_text,
        {{ reference_text('resource', '$.subject', 'Patient') }}
            as patient_text,
        {{ json_text('resource', '$.code.coding[0].code') }} as type_code,
        {{ json_texts('resource', '$.category[*].coding[*].code') }}
            as category_codes,
        {{ json_text('resource', '$.status') }} as status,
        {{ reference_text(
            'resource', '$.resultsInterpreter[0]', 'Practitioner'
        ) }}
            as interpreter_text,
        {{ reference_text('resource', '$.composition', 'Composition') }}
            as composition_text,
        coalesce(
            {{ json_text('resource', '$.effectiveDateTime') }},
            {{ json_text('resource', '$.effectivePeriod.start') }}
        ) as service_at_text,
        {{ json_text('resource', '$.issued') }} as issued_at_text,
        {{ json_texts('resource', '$.meta.security[*].code') }}
            as security_codes
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as diagnostic_report_id,
        {{ reference_id('encounter_text', 'Encounter') }} as encounter_id,
        {{ reference_key('encounter_text') }} as encounter_reference,
        {{ reference_id('patient_text', 'Patient') }} as patient_id,
        {{ reference_key('patient_text') }} as patient_reference,
        type_code,
        category_codes,
        status,
        security_codes,
        {{ reference_id('interpreter_text') }} as interpreter_id,
        {{ reference_key('interpreter_text') }} as interpreter_reference,
        {{ reference_id('composition_text', 'Composition') }} as composition_id,
        {{ reference_key('composition_text') }} as composition_reference,
        {{ to_utc('service_at_text') }} as service_at,
        {{ time_precision('service_at_text') }} as service_at_precision,
        {{ to_utc('issued_at_text') }} as issued_at,
        {{ time_precision('issued_at_text') }} as issued_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
