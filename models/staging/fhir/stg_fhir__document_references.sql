with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'DocumentReference'
    ) }}
),

extracted as (
    select
        *,
        coalesce(
            {{ json_text(
                json_first(
                    'resource', '$.context', '$.reference',
                    '(^|/)Encounter[/?]|^urn:'
                ), '$.reference'
            ) }},
            {{ reference_text(
                'resource', '$.context.encounter[0]', 'Encounter'
            ) }}
        ) as encounter_text,
        {{ json_text('resource', '$.type.coding[0].code') }} as type_code,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.docStatus') }} as content_status,
        {{ reference_text('resource', '$.author[0]', 'Practitioner') }}
            as author_text,
        {{ reference_text('resource', '$.authenticator', 'Practitioner') }}
            as authenticator_text,
        {{ json_text('resource', '$.date') }} as created_at_text,
        {{ json_texts('resource', '$.meta.security[*].code') }}
            as security_codes
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as document_id,
        {{ reference_id('encounter_text', 'Encounter') }} as encounter_id,
        {{ reference_key('encounter_text') }} as encounter_reference,
        type_code,
        status,
        content_status,
        security_codes,
        {{ reference_id('author_text') }} as author_id,
        {{ reference_key('author_text') }} as author_reference,
        {{ reference_id('authenticator_text') }} as authenticator_id,
        {{ reference_key('authenticator_text') }} as authenticator_reference,
        {{ to_utc('created_at_text') }} as created_at,
        {{ time_precision('created_at_text') }} as created_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
