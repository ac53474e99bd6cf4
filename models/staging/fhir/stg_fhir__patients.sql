with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Patient'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.gender') }} as administrative_sex,
        {{ json_text('resource', '$.birthDate') }} as born_at_text,
        {{ json_text('resource', '$.deceasedDateTime') }} as died_at_text,
        {{ json_texts('resource', '$.meta.security[*].code') }}
            as security_codes
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as patient_id,
        administrative_sex,
        security_codes,
        {{ to_utc('born_at_text') }} as born_at,
        {{ to_utc('died_at_text') }} as died_at,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
