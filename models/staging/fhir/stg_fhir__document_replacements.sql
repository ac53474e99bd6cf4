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
        {{ json_text('relation', '$.code') }} as relation_code,
        {{ json_text('relation', '$.target.reference') }}
            as replaces_document_id_text
    from resources
    {{ unnest_json('resource', '$.relatesTo', 'relation') }}
    where {{ json_text('relation', '$.code') }} = 'replaces'
),

renamed as (
    select
        _data_source as data_source,
        resource_id as document_id,
        relation_code,
        {{ reference_id('replaces_document_id_text') }} as replaces_document_id,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
