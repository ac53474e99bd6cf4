with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'PractitionerRole'
    ) }}
),

extracted as (
    select
        *,
        {{ reference_text('resource', '$.practitioner', 'Practitioner') }}
            as practitioner_text,
        coalesce(
            {{ json_text('resource', '$.specialty[0].text') }},
            {{ json_text('resource', '$.specialty[0].coding[0].display') }},
            {{ json_text('resource', '$.specialty[0].coding[0].code') }}
        ) as specialty,
        coalesce(
            {{ json_text('resource', '$.code[0].coding[0].code') }},
            {{ json_text('resource', '$.code[0].text') }}
        ) as role_code
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as practitioner_role_id,
        {{ reference_id('practitioner_text') }} as practitioner_id,
        {{ reference_key('practitioner_text') }} as practitioner_reference,
        specialty,
        role_code,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
