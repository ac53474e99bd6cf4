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
        coalesce(
            {{ json_text('relation', '$.type') }},
            {{ json_text('relation', '$.code') }}
        ) as relation_code,
        coalesce(
            {{ reference_text(
                'relation', '$.resourceReference', 'Composition'
            ) }},
            {{ reference_text('relation', '$.targetReference', 'Composition') }}
        ) as replaces_composition_text
    from resources
    {{ unnest_json('resource', '$.relatesTo', 'relation') }}
),

renamed as (
    select
        _data_source as data_source,
        resource_id as composition_id,
        relation_code,
        {{ reference_id('replaces_composition_text', 'Composition') }}
            as replaces_composition_id,
        {{ reference_key('replaces_composition_text') }}
            as replaces_composition_reference,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
    where relation_code = 'replaces'
)

select * from renamed
