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
        {{ json_text('resource', '$.name[0].family') }} as family_name,
        {{ json_text('resource', '$.name[0].given[0]') }} as given_name
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as practitioner_id,
        family_name,
        given_name,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
