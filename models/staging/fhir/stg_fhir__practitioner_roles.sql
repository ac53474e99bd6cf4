with

resources as (
    select *
    from {{ newest_fhir(
        source('raw', 'fhir_resources'), 'PractitionerRole'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.practitioner.reference') }}
            as practitioner_reference,
        {{ json_text('resource', '$.practitioner.identifier.value') }}
            as practitioner_identifier,
        coalesce(
            {{ json_text('resource', '$.specialty[0].text') }},
            {{ json_text('resource', '$.specialty[0].coding[0].display') }},
            {{ json_text('resource', '$.specialty[0].coding[0].code') }}
        ) as specialty,
        {{ json_text('resource', '$.code[0].coding[0].code') }} as role_code
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as practitioner_role_id,
        coalesce(
            {{ reference_id('practitioner_reference') }},
            practitioner_identifier
        ) as practitioner_id,
        specialty,
        role_code,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
