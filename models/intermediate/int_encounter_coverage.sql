with

encounters as (
    select * from {{ ref('int_encounters') }}
),

deliveries as (
    select * from {{ ref('int_feed_deliveries') }}
),

reached as (
    select
        data_source,
        max(last_loaded_at) filter (where feed = 'documents')
            as documents_loaded_at,
        max(last_loaded_at) filter (where feed = 'charges')
            as charges_loaded_at,
        max(last_loaded_at) filter (where feed = 'claims') as claims_loaded_at,
        max(last_loaded_at) filter (where feed = 'submissions')
            as submissions_loaded_at
    from deliveries
    group by 1
),

covered as (
    select
        encounters.encounter_key,
        coalesce(reached.documents_loaded_at >= encounters.loaded_at, false)
            as is_documents_covered,
        coalesce(reached.charges_loaded_at >= encounters.loaded_at, false)
            as is_charges_covered,
        coalesce(reached.claims_loaded_at >= encounters.loaded_at, false)
            as is_claims_covered,
        coalesce(reached.submissions_loaded_at >= encounters.loaded_at, false)
            as is_submissions_covered
    from encounters
    left join reached
        on encounters.data_source = reached.data_source
)

select * from covered
