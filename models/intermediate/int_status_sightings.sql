with

status_changes as (
    select * from {{ ref('int_status_changes') }}
),

documents as (
    select * from {{ ref('int_documents') }}
),

superseded_references as (
    select * from {{ ref('stg_fhir__document_references') }}
    where status = 'superseded'
),

status_maps as (
    select * from {{ ref('status_maps') }}
    where code_system = 'fhir_document_status'
),

fhir_encounters as (
    select * from {{ ref('int_fhir_encounters_resolved') }}
),

seen_once as (
    select
        data_source,
        'document' as entity,
        document_id as entity_id,
        document_status as status_after,
        document_status as source_status_after,
        recorded_at as upper_at,
        recorded_at = loaded_at as is_by_load_time,
        source_file_id,
        source_position
    from documents
    where signed_at is null and document_status in ('final', 'amended')
    union all
    select
        superseded_references.data_source,
        'document' as entity,
        superseded_references.document_id as entity_id,
        status_map.canonical_status as status_after,
        superseded_references.content_status as source_status_after,
        superseded_references.updated_at as upper_at,
        superseded_references.updated_at is null as is_by_load_time,
        superseded_references.source_file_id,
        superseded_references.source_position
    from superseded_references
    inner join status_maps as status_map
        on superseded_references.content_status = status_map.source_status
    where status_map.canonical_status in ('final', 'amended')
    union all
    select
        data_source,
        'encounter' as entity,
        encounter_id as entity_id,
        'finished' as status_after,
        status as source_status_after,
        updated_at as upper_at,
        updated_at is null as is_by_load_time,
        source_file_id,
        source_position
    from fhir_encounters
    where status in ('discharged', 'completed')
),

sightings as (
    select
        data_source,
        entity,
        entity_id,
        status_before,
        status_after,
        source_status_after,
        is_first_sight,
        lower_at,
        upper_at,
        is_by_load_time,
        source_file_id,
        source_position
    from status_changes
    union all
    select
        seen_once.data_source,
        seen_once.entity,
        seen_once.entity_id,
        cast(null as varchar) as status_before,
        seen_once.status_after,
        seen_once.source_status_after,
        true as is_first_sight,
        cast(null as timestamp) as lower_at,
        seen_once.upper_at,
        seen_once.is_by_load_time,
        seen_once.source_file_id,
        seen_once.source_position
    from seen_once
    left join status_changes
        on
            seen_once.data_source = status_changes.data_source
            and seen_once.entity = status_changes.entity
            and seen_once.entity_id = status_changes.entity_id
            and status_changes.change_number = 1
    where status_changes.entity_id is null
)

select * from sightings
