with

documents as (
    select * from {{ ref('int_documents') }}
),

charges as (
    select * from {{ ref('int_charges') }}
),

claims as (
    select * from {{ ref('int_claims') }}
),

deliveries as (
    select
        data_source,
        'documents' as feed,
        max(loaded_at) as last_loaded_at
    from documents
    group by 1
    union all
    select
        data_source,
        'charges' as feed,
        max(loaded_at) as last_loaded_at
    from charges
    group by 1
    union all
    select
        data_source,
        'claims' as feed,
        max(loaded_at) as last_loaded_at
    from claims
    group by 1
    union all
    select
        data_source,
        'submissions' as feed,
        max(loaded_at) as last_loaded_at
    from claims
    where submitted_at is not null
    group by 1
)

select * from deliveries
