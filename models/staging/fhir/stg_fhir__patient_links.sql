with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Patient'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('link', '$.type') }} as link_type,
        {{ reference_text('link', '$.other', 'Patient') }} as other_text
    from resources
    {{ unnest_json('resource', '$.link', 'link') }}
),

renamed as (
    select
        _data_source as data_source,
        resource_id as patient_id,
        link_type,
        {{ reference_id('other_text', 'Patient') }} as other_patient_id,
        {{ reference_key('other_text') }} as other_patient_reference,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
    where link_type in ('replaced-by', 'replaces')
)

select * from renamed
