with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Practitioner'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('identifier', '$.system') }} as identifier_system,
        {{ json_text('identifier', '$.value') }} as identifier_value
    from resources
    {{ unnest_json('resource', '$.identifier', 'identifier') }}
),

renamed as (
    select
        _data_source as data_source,
        resource_id as practitioner_id,
        identifier_system,
        identifier_value,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
