with

encounters as (
    select * from {{ ref('int_encounters') }}
    where
        merged_into_encounter_key is null
        and coalesce(encounter_status, 'finished') = 'finished'
        and ended_at is not null
),

visit_types as (
    select * from {{ ref('visit_types') }}
    where is_billable
),

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
),

coverages as (
    select * from {{ ref('int_coverages') }}
    where surviving_patient_id is not null
),

compared as (
    select
        encounters.encounter_key,
        encounter_days.site_key,
        encounter_days.service_date,
        encounters.ended_at,
        coverages.coverage_id,
        coverages.recorded_at,
        coverages.coverage_id is not null
        and coalesce(coverages.coverage_status, 'active') = 'active'
        and coalesce(
            encounter_days.service_date >= cast(coverages.starts_at as date),
            true
        )
        and coalesce(
            encounter_days.service_date <= cast(coverages.ends_at as date),
            true
        ) as is_in_force
    from encounters
    inner join visit_types
        on encounters.visit_type = visit_types.visit_type
    inner join encounter_days
        on encounters.encounter_key = encounter_days.encounter_key
    left join coverages
        on
            encounters.data_source = coverages.data_source
            and encounters.surviving_patient_id
            = coverages.surviving_patient_id
    where encounter_days.service_date is not null
),

visits as (
    select
        encounter_key,
        site_key,
        service_date,
        ended_at,
        count(coverage_id) as coverage_count,
        min(recorded_at) filter (where is_in_force) as insured_at,
        min(recorded_at) filter (where not is_in_force) as known_at
    from compared
    group by 1, 2, 3, 4
)

select * from visits
