with

versions as (
    select *
    from {{ versioned_rows(
        raw('fhir_resources'),
        ['_data_source', 'resource_type', 'resource_id'],
        ['version_id', 'last_updated'],
        "change is null and resource_type in ("
        ~ "'Appointment', 'Claim', 'Composition', 'DocumentReference', "
        ~ "'Encounter', 'Task')",
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        resource_type as record_type,
        resource_id as record_id,
        {{ cast_or_null('version_id', 'bigint') }} as version_number,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.docStatus') }} as content_status,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from versions
)

select * from renamed
