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
        {{ json_text('resource', '$.name') }} as location_name
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as location_id,
        location_name,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
