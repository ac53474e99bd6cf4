with

candidates as (
    select * from {{ ref('int_claim_candidates') }}
),

claim_lines as (
    select * from {{ ref('int_unlinked_claim_lines') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

claim_encounters as (
    select * from {{ ref('int_claim_encounters') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged
),

encounter_charges as (
    select * from {{ ref('int_encounter_charges') }}
),

claim_amounts as (
    select
        data_source,
        patient_control_number,
        max(claim_amount) as claim_amount
    from claims
    group by 1, 2
),

claim_providers as (
    select
        data_source,
        patient_control_number,
        provider_npi,
        count(*) as line_count
    from claim_lines
    group by 1, 2, 3
),

signs as (
    select
        data_source,
        patient_control_number,
        encounter_key,
        'patient_is_same' as rule
    from candidates
    where is_patient_same
    union
    select
        data_source,
        patient_control_number,
        encounter_key,
        case
            when is_service_day_same then 'service_day_is_same'
            else 'service_day_is_near'
        end as rule
    from candidates
    union
    select
        candidates.data_source,
        candidates.patient_control_number,
        candidates.encounter_key,
        'provider_is_same' as rule
    from candidates
    inner join encounters
        on candidates.encounter_key = encounters.encounter_key
    inner join claim_providers
        on
            candidates.data_source = claim_providers.data_source
            and candidates.patient_control_number
            = claim_providers.patient_control_number
            and encounters.provider_npi = claim_providers.provider_npi
    union
    select
        candidates.data_source,
        candidates.patient_control_number,
        candidates.encounter_key,
        'code_is_same' as rule
    from candidates
    inner join charges
        on candidates.encounter_key = charges.encounter_key
    inner join claim_lines
        on
            candidates.data_source = claim_lines.data_source
            and candidates.patient_control_number
            = claim_lines.patient_control_number
            and charges.code = claim_lines.code
    union
    select
        candidates.data_source,
        candidates.patient_control_number,
        candidates.encounter_key,
        'amount_is_same' as rule
    from candidates
    inner join encounter_charges
        on candidates.encounter_key = encounter_charges.encounter_key
    inner join claim_amounts
        on
            candidates.data_source = claim_amounts.data_source
            and candidates.patient_control_number
            = claim_amounts.patient_control_number
            and encounter_charges.charged_amount = claim_amounts.claim_amount
    union
    select
        candidates.data_source,
        candidates.patient_control_number,
        candidates.encounter_key,
        'encounter_has_claim' as rule
    from candidates
    inner join claim_encounters
        on candidates.encounter_key = claim_encounters.encounter_key
)

select * from signs
