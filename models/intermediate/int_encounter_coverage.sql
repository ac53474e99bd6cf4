with

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
),

deliveries as (
    select * from {{ ref('int_feed_deliveries') }}
),

coverage_days as (
    select * from {{ ref('int_feed_coverage_days') }}
),

reached as (
    select
        data_source,
        max(reached_at) filter (where feed = 'documents')
            as documents_reached_at,
        max(reached_at) filter (where feed = 'charges') as charges_reached_at,
        max(reached_at) filter (where feed = 'claims') as claims_reached_at,
        max(reached_at) filter (where feed = 'submissions')
            as submissions_reached_at
    from deliveries
    group by 1
),

holes as (
    select
        site_key,
        service_date,
        bool_or(feed = 'documents') as has_no_documents,
        bool_or(feed = 'charges') as has_no_charges,
        bool_or(feed = 'claims') as has_no_claims,
        bool_or(feed = 'submissions') as has_no_submissions
    from coverage_days
    where
        not is_watermark_past
        or not is_reached
        or not coalesce(is_within_band, true)
    group by 1, 2
),

compared as (
    select
        encounter_days.encounter_key,
        coalesce(holes.has_no_documents, false) as has_no_documents,
        coalesce(holes.has_no_charges, false) as has_no_charges,
        coalesce(holes.has_no_claims, false) as has_no_claims,
        coalesce(holes.has_no_submissions, false) as has_no_submissions,
        coalesce(
            reached.documents_reached_at >= encounter_days.loaded_at, false
        ) as has_documents_delivered,
        coalesce(
            reached.charges_reached_at >= encounter_days.loaded_at, false
        ) as has_charges_delivered,
        coalesce(
            reached.claims_reached_at >= encounter_days.loaded_at, false
        ) as has_claims_delivered,
        coalesce(
            reached.submissions_reached_at >= encounter_days.loaded_at, false
        ) as has_submissions_delivered
    from encounter_days
    left join reached
        on encounter_days.data_source = reached.data_source
    left join holes
        on
            encounter_days.site_key = holes.site_key
            and encounter_days.service_date = holes.service_date
),

covered as (
    select
        encounter_key,
        has_documents_delivered and not has_no_documents
            as is_documents_covered,
        has_charges_delivered and not has_no_charges as is_charges_covered,
        has_claims_delivered and not has_no_claims as is_claims_covered,
        has_submissions_delivered and not has_no_submissions
            as is_submissions_covered
    from compared
)

select * from covered
