with

encounters as (
    select * from {{ ref('int_encounters') }}
),

documents as (
    select * from {{ ref('int_documents') }}
),

charges as (
    select * from {{ ref('int_charges') }}
),

claims as (
    select * from {{ ref('int_claims') }}
),

file_loads as (
    select * from {{ ref('stg_ingest__file_loads') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

records as (
    select
        data_source,
        'encounters' as feed,
        coalesce(started_at, arrived_at) as record_at,
        loaded_at
    from encounters
    union all
    select
        data_source,
        'documents' as feed,
        coalesce(signed_at, created_at) as record_at,
        loaded_at
    from documents
    union all
    select
        data_source,
        'charges' as feed,
        entered_at as record_at,
        loaded_at
    from charges
    union all
    select
        data_source,
        'claims' as feed,
        coalesce(created_at, submitted_at) as record_at,
        loaded_at
    from claims
    union all
    select
        data_source,
        'submissions' as feed,
        submitted_at as record_at,
        loaded_at
    from claims
    where submitted_at is not null
),

deliveries as (
    select
        records.data_source,
        records.feed,
        max(records.loaded_at) as last_loaded_at,
        max(records.record_at) filter (
            where records.record_at <= clock.as_of
        ) as watermark_at,
        count(*) as record_count
    from records
    cross join clock
    group by 1, 2
),

ingests as (
    select
        ingest_id,
        min(loaded_at) as first_loaded_at,
        max(loaded_at) as last_loaded_at
    from file_loads
    group by 1
),

with_reach as (
    select
        deliveries.*,
        coalesce(ingests.last_loaded_at, deliveries.last_loaded_at)
            as reached_at
    from deliveries
    left join ingests
        on
            deliveries.last_loaded_at >= ingests.first_loaded_at
            and deliveries.last_loaded_at <= ingests.last_loaded_at
)

select * from with_reach
