with

documents as (
    select * from {{ ref('int_document_states') }}
    where
        is_current
        and encounter_key is not null
        and document_kind is not null
),

by_kind as (
    select
        encounter_key,
        document_kind,
        count(*) as document_count,
        count(*) filter (where is_signed) as signed_count,
        count(*) filter (where is_unsigned) as unsigned_count,
        min(created_at) as first_created_at,
        min(author_signed_at) as first_signed_at
    from documents
    group by 1, 2
)

select * from by_kind
