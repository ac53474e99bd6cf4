with

documents as (
    select * from {{ ref('int_documents_classified') }}
    where document_kind is not null
),

deliveries as (
    select
        data_source,
        document_kind,
        count(*) as document_count
    from documents
    group by 1, 2
)

select * from deliveries
