with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Location'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('extension', '$.valueCode') }} as time_zone
    from resources
    {{ unnest_json('resource', '$.extension', 'extension') }}
    where
        {{ json_text('extension', '$.url') }}
        = 'http://hl7.org/fhir/StructureDefinition/timezone'
),

renamed as (
    select
        _data_source as data_source,
        resource_id as location_id,
        time_zone,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
