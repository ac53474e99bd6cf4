with

surgeries as (
    select * from {{ ref('int_surgeries') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
),

encounter_codes as (
    select * from {{ ref('int_encounter_codes') }}
    where code_type in ('procedure', 'modifier')
),

signs as (
    select * from {{ ref('global_period_signs') }}
),

signed as (
    select
        encounter_codes.encounter_key,
        bool_or(not signs.is_covered) as is_set_apart,
        count(*) filter (where encounter_codes.code_type = 'procedure')
            as procedure_count,
        count(*) filter (
            where encounter_codes.code_type = 'procedure' and signs.is_covered
        ) as covered_count,
        min(encounter_codes.code) filter (where signs.is_covered)
            as reported_code
    from encounter_codes
    left join signs
        on
            encounter_codes.code_type = signs.code_type
            and encounter_codes.code = signs.code
    group by 1
),

sources_with_modifiers as (
    select * from {{ ref('int_modifier_sources') }}
),

own_surgeries as (
    select encounter_key
    from surgeries
    group by 1
),

visits as (
    select
        encounters.encounter_key,
        encounters.patient_key,
        encounters.provider_key,
        encounter_days.service_date,
        coalesce(
            signed.covered_count > 0
            and signed.covered_count = signed.procedure_count,
            false
        ) as is_reported,
        signed.reported_code,
        own_surgeries.encounter_key is null
        and not coalesce(signed.is_set_apart, false)
        and (
            signed.encounter_key is null
            or sources_with_modifiers.data_source is not null
        ) as is_follow_up
    from encounters
    inner join encounter_days
        on encounters.encounter_key = encounter_days.encounter_key
    left join signed
        on encounters.encounter_key = signed.encounter_key
    left join sources_with_modifiers
        on encounters.data_source = sources_with_modifiers.data_source
    left join own_surgeries
        on encounters.encounter_key = own_surgeries.encounter_key
),

covered as (
    select
        visits.encounter_key,
        max('charge ' || visits.reported_code) filter (where visits.is_reported)
            as reported_evidence,
        max(
            'surgery on ' || cast(surgeries.surgery_date as varchar)
            || ', encounter ' || surgeries.encounter_id
        ) as surgery_evidence
    from visits
    left join surgeries
        on
            visits.is_follow_up
            and visits.patient_key = surgeries.patient_key
            and visits.provider_key = surgeries.provider_key
            and visits.encounter_key <> surgeries.encounter_key
            and visits.service_date >= surgeries.covered_from
            and visits.service_date <= surgeries.covered_to
    where visits.is_reported or surgeries.encounter_key is not null
    group by 1
),

explained as (
    select
        encounter_key,
        coalesce(surgery_evidence, reported_evidence) as evidence
    from covered
)

select * from explained
