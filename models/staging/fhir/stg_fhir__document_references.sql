with

resources as (
    select *
    from {{ newest_fhir(
        source('raw', 'fhir_resources'), 'DocumentReference'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.context.encounter[0].reference') }}
            as encounter_id_text,
        {{ json_text('resource', '$.type.coding[0].code') }} as type_code,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.docStatus') }} as content_status,
        {{ json_text('resource', '$.author[0].reference') }}
            as author_id_text,
        {{ json_text('resource', '$.authenticator.reference') }}
            as authenticator_id_text,
        {{ json_text('resource', '$.date') }} as created_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as document_id,
        {{ reference_id('encounter_id_text', 'Encounter') }} as encounter_id,
        type_code,
        status,
        content_status,
        {{ reference_id('author_id_text') }} as author_id,
        {{ reference_id('authenticator_id_text') }} as authenticator_id,
        {{ to_utc('created_at_text') }} as created_at,
        {{ time_precision('created_at_text') }} as created_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
