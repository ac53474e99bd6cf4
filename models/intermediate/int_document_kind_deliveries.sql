with

documents as (
    select * from {{ ref('int_documents_classified') }}
    where document_kind is not null
),

deliveries as (
    select
        data_source,
        document_kind
    from documents
    group by 1, 2
)

select * from deliveries
