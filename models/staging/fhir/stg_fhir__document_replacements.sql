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
            {{ json_text('relation', '$.code.coding[0].code') }},
            {{ json_text('relation', '$.code') }}
        ) as relation_code,
        {{ reference_text('relation', '$.target', 'DocumentReference') }}
            as replaces_document_text
    from resources
    {{ unnest_json('resource', '$.relatesTo', 'relation') }}
),

renamed as (
    select
        _data_source as data_source,
        resource_id as document_id,
        relation_code,
        {{ reference_id('replaces_document_text') }} as replaces_document_id,
        {{ reference_key('replaces_document_text') }}
            as replaces_document_reference,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
    where relation_code = 'replaces'
)

select * from renamed
