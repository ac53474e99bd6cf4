with

claim_lines as (
    select * from {{ ref('int_unlinked_claim_lines') }}
),

claim_patients as (
    select * from {{ ref('int_unlinked_claim_patients') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
    where has_taken_place and service_date is not null
),

limits as (
    select cast(value as integer) as near_days
    from {{ ref('thresholds') }}
    where threshold = 'match_near_days'
),

claim_days as (
    select
        data_source,
        patient_control_number,
        provider_npi,
        cast(service_at as date) as first_date,
        cast(last_service_at as date) as last_date
    from claim_lines
    where service_at is not null
    group by 1, 2, 3, 4, 5
),

visits as (
    select
        encounter_days.encounter_key,
        encounter_days.data_source,
        encounters.surviving_patient_id,
        encounters.provider_npi,
        encounter_days.service_date as first_date,
        greatest(
            encounter_days.service_date,
            coalesce(
                encounter_days.service_end_date, encounter_days.service_date
            )
        ) as last_date
    from encounter_days
    inner join encounters
        on encounter_days.encounter_key = encounters.encounter_key
),

by_patient as (
    select
        claim_days.data_source,
        claim_days.patient_control_number,
        visits.encounter_key,
        true as is_patient_same,
        claim_days.first_date <= visits.last_date
        and visits.first_date <= claim_days.last_date as is_same_day
    from claim_days
    inner join claim_patients
        on
            claim_days.data_source = claim_patients.data_source
            and claim_days.patient_control_number
            = claim_patients.patient_control_number
    cross join limits
    inner join visits
        on
            claim_patients.data_source = visits.data_source
            and claim_patients.patient_id = visits.surviving_patient_id
            and claim_days.first_date <= visits.last_date + limits.near_days
            and claim_days.last_date >= visits.first_date - limits.near_days
),

by_provider as (
    select
        claim_days.data_source,
        claim_days.patient_control_number,
        visits.encounter_key,
        false as is_patient_same,
        true as is_same_day
    from claim_days
    inner join visits
        on
            claim_days.data_source = visits.data_source
            and claim_days.provider_npi = visits.provider_npi
            and claim_days.first_date = visits.first_date
    left join claim_patients
        on
            claim_days.data_source = claim_patients.data_source
            and claim_days.patient_control_number
            = claim_patients.patient_control_number
    where claim_patients.patient_id is null
),

all_pairs as (
    select * from by_patient
    union all
    select * from by_provider
),

candidates as (
    select
        data_source,
        patient_control_number,
        encounter_key,
        bool_or(is_patient_same) as is_patient_same,
        bool_or(is_same_day) as is_service_day_same
    from all_pairs
    group by 1, 2, 3
)

select * from candidates
