with

fhir_versions as (
    select * from {{ ref('stg_fhir__status_versions') }}
),

csv_versions as (
    select * from {{ ref('stg_csv__status_versions') }}
),

status_feeds as (
    select * from {{ ref('status_feeds') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

all_versions as (
    select
        'fhir' as format,
        data_source,
        record_type,
        record_id,
        version_number,
        status,
        case
            when record_type = 'DocumentReference' then content_status
            else status
        end as source_status,
        updated_at,
        source_file_id,
        source_position,
        loaded_at
    from fhir_versions
    union all
    select
        'csv' as format,
        data_source,
        record_type,
        record_id,
        cast(null as bigint) as version_number,
        status,
        status as source_status,
        updated_at,
        source_file_id,
        source_position,
        loaded_at
    from csv_versions
),

named as (
    select
        all_versions.*,
        status_feeds.entity,
        coalesce(reference_map.canonical_status, status_map.canonical_status)
            as canonical_status,
        coalesce(all_versions.updated_at, all_versions.loaded_at) as seen_at
    from all_versions
    inner join status_feeds
        on
            all_versions.format = status_feeds.format
            and all_versions.record_type = status_feeds.record_type
    left join status_maps as status_map
        on
            all_versions.source_status = status_map.source_status
            and status_feeds.code_system = status_map.code_system
    left join status_maps as reference_map
        on
            all_versions.record_type = 'DocumentReference'
            and all_versions.status = reference_map.source_status
            and reference_map.code_system = 'fhir_document_reference_status'
            and reference_map.canonical_status <> 'current'
),

in_order as (
    select
        *,
        row_number() over versions as version_rank,
        lag(canonical_status) over versions as status_before,
        lag(source_status) over versions as source_status_before,
        lag(seen_at) over versions as last_seen_at,
        lag(updated_at) over versions as last_updated_at
    from named
    window versions as (
        partition by data_source, record_type, record_id
        order by
            version_number asc nulls first,
            updated_at asc nulls first,
            case
                when version_number is null and updated_at is null
                    then loaded_at
            end asc,
            source_status asc,
            source_file_id asc,
            source_position asc
    )
),

changes as (
    select
        data_source,
        entity,
        record_id as entity_id,
        status_before,
        canonical_status as status_after,
        source_status_before,
        source_status as source_status_after,
        version_rank = 1 as is_first_sight,
        case when last_seen_at <= seen_at then last_seen_at end as lower_at,
        seen_at as upper_at,
        updated_at is null
        or (version_rank > 1 and last_updated_at is null) as is_by_load_time,
        row_number() over (
            partition by data_source, entity, record_id
            order by version_rank asc, record_type asc
        ) as change_number,
        source_file_id,
        source_position
    from in_order
    where
        version_rank = 1
        or canonical_status is distinct from status_before
        or source_status is distinct from source_status_before
)

select * from changes
