with

feed_rows as (
    select *
    from {{ newest_row(
        raw('documents'), 'document_id', 'updated_at'
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('document_id') }} as document_id,
        {{ clean('encounter_id') }} as encounter_id,
        {{ clean('document_type') }} as document_type,
        lower({{ clean('status') }}) as status,
        {{ clean('author_npi') }} as author_npi,
        {{ clean('cosigned_by_npi') }} as cosigned_by_npi,
        {{ clean('replaces_document_id') }} as replaces_document_id,
        {{ truth_value('cosign_required') }} as cosign_required,
        {{ to_utc('created_at') }} as created_at,
        {{ time_precision('created_at') }} as created_at_precision,
        {{ to_utc('signed_at') }} as signed_at,
        {{ time_precision('signed_at') }} as signed_at_precision,
        {{ to_utc('cosigned_at') }} as cosigned_at,
        {{ time_precision('cosigned_at') }} as cosigned_at_precision,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from feed_rows
)

select * from renamed
