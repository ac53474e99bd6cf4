with

encounters as (
    select * from {{ ref('int_encounters') }}
),

visits as (
    select * from {{ ref('int_insured_visits') }}
),

sites as (
    select * from {{ ref('int_insurance_sites') }}
),

uninsured as (
    select
        visits.encounter_key,
        visits.ended_at as started_at,
        visits.insured_at as ended_at,
        'none of ' || cast(visits.coverage_count as varchar)
        || ' coverages in force on '
        || cast(visits.service_date as varchar) as evidence
    from visits
    inner join encounters
        on visits.encounter_key = encounters.encounter_key
    inner join sites
        on visits.site_key = sites.site_key
    where
        (
            visits.insured_at is null
            and (
                visits.coverage_count > 0
                or sites.is_insurance_known
            )
        )
        or (
            visits.insured_at > visits.ended_at
            and visits.known_at < visits.insured_at
        )
)

select * from uninsured
