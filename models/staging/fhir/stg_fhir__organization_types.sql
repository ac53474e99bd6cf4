with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Organization'
    ) }}
),

types as (
    select * from resources
    {{ unnest_json('resource', '$.type', 'organization_type') }}
),

codings as (
    select * from types
    {{ unnest_json('organization_type', '$.coding', 'coding') }}
),

extracted as (
    select
        *,
        {{ json_text('coding', '$.code') }} as type_code
    from codings
),

renamed as (
    select
        _data_source as data_source,
        resource_id as organization_id,
        type_code,
        max(_loaded_at) as loaded_at
    from extracted
    where type_code is not null
    group by 1, 2, 3
)

select * from renamed
