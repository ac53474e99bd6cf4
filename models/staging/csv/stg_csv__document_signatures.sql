with

versions as (
    select *
    from {{ versioned_rows(
        raw('documents'),
        ['_data_source', 'document_id'],
        ['updated_at'],
    ) }}
),

renamed as (
    select
        _data_source as data_source,
        {{ clean('document_id') }} as document_id,
        {{ clean('author_npi') }} as author_npi,
        {{ clean('cosigned_by_npi') }} as cosigned_by_npi,
        {{ to_utc('signed_at') }} as signed_at,
        {{ time_precision('signed_at') }} as signed_at_precision,
        {{ to_utc('cosigned_at') }} as cosigned_at,
        {{ time_precision('cosigned_at') }} as cosigned_at_precision,
        {{ to_utc('updated_at') }} as updated_at,
        {{ lineage() }}
    from versions
    where
        {{ clean('document_id') }} is not null
        and coalesce({{ clean('signed_at') }}, {{ clean('cosigned_at') }})
        is not null
)

select * from renamed
