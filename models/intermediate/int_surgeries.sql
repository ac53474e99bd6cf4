with

encounter_codes as (
    select * from {{ ref('int_encounter_codes') }}
    where code_type = 'procedure'
),

encounters as (
    select * from {{ ref('int_encounters') }}
    where patient_key is not null and provider_key is not null
),

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
    where has_taken_place
),

global_periods as (
    select * from {{ ref('global_periods') }}
    where is_enabled
),

dated as (
    select
        encounter_codes.encounter_key,
        encounter_codes.code,
        encounters.encounter_id,
        encounters.patient_key,
        encounters.provider_key,
        case
            when
                encounter_codes.service_date >= encounter_days.service_date
                and encounter_codes.service_date
                <= encounter_days.service_end_date
                then encounter_codes.service_date
            else encounter_days.service_date
        end as surgery_date
    from encounter_codes
    inner join encounters
        on encounter_codes.encounter_key = encounters.encounter_key
    inner join encounter_days
        on encounter_codes.encounter_key = encounter_days.encounter_key
),

surgeries as (
    select
        dated.encounter_key,
        dated.encounter_id,
        dated.patient_key,
        dated.provider_key,
        dated.surgery_date,
        min(dated.surgery_date - global_periods.days_before) as covered_from,
        max(dated.surgery_date + global_periods.days_after) as covered_to
    from dated
    inner join global_periods
        on
            dated.code >= global_periods.code_from
            and dated.code <= global_periods.code_to
            and dated.surgery_date >= global_periods.effective_from
            and (
                global_periods.effective_to is null
                or dated.surgery_date <= global_periods.effective_to
            )
    group by 1, 2, 3, 4, 5
)

select * from surgeries
