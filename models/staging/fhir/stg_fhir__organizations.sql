with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Organization'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.name') }} as organization_name,
        {{ json_text('resource', '$.type[0].coding[0].code') }} as type_code
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as organization_id,
        organization_name,
        type_code,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
