with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Encounter'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('status_period', '$.status') }} as period_status,
        {{ json_text('status_period', '$.period.start') }}
            as started_at_text,
        {{ json_text('status_period', '$.period.end') }} as ended_at_text
    from resources
    {{ unnest_json('resource', '$.statusHistory', 'status_period') }}
),

renamed as (
    select
        _data_source as data_source,
        resource_id as encounter_id,
        period_status,
        {{ to_utc('started_at_text') }} as started_at,
        {{ time_precision('started_at_text') }} as started_at_precision,
        {{ to_utc('ended_at_text') }} as ended_at,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
