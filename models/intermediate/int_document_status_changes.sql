with

status_changes as (
    select * from {{ ref('int_status_changes') }}
    where
        entity in ('document', 'composition')
        and status_before is distinct from status_after
        and not is_first_sight
),

composition_documents as (
    select * from {{ ref('int_fhir_composition_documents') }}
),

changes as (
    select
        status_changes.data_source,
        case status_changes.entity
            when 'document' then status_changes.entity_id
            else coalesce(
                composition_documents.document_id,
                'Composition/' || status_changes.entity_id
            )
        end as document_id,
        status_changes.status_before,
        status_changes.status_after,
        status_changes.lower_at,
        status_changes.upper_at
    from status_changes
    left join composition_documents
        on
            status_changes.entity = 'composition'
            and status_changes.data_source = composition_documents.data_source
            and status_changes.entity_id
            = composition_documents.composition_id
)

select * from changes
