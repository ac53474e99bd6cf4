with

resources as (
    select *
    from {{ newest_fhir(
        source('raw', 'fhir_resources'), 'Appointment'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.start') }} as start_at_text,
        {{ json_text('resource', '$.end') }} as end_at_text,
        {{ json_text('resource', '$.created') }} as created_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as appointment_id,
        status,
        {{ to_utc('start_at_text') }} as start_at,
        {{ time_precision('start_at_text') }} as start_at_precision,
        {{ to_utc('end_at_text') }} as end_at,
        {{ to_utc('created_at_text') }} as created_at,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
