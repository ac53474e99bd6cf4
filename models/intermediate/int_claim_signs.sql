with

candidates as (
    select * from {{ ref('int_claim_candidates') }}
),

unlinked_claims as (
    select * from {{ ref('int_unlinked_claims') }}
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
    inner join unlinked_claims
        on
            candidates.data_source = unlinked_claims.data_source
            and candidates.patient_control_number
            = unlinked_claims.patient_control_number
            and encounters.provider_npi = unlinked_claims.provider_npi
    union
    select
        candidates.data_source,
        candidates.patient_control_number,
        candidates.encounter_key,
        'code_is_same' as rule
    from candidates
    inner join charges
        on candidates.encounter_key = charges.encounter_key
    inner join unlinked_claims
        on
            candidates.data_source = unlinked_claims.data_source
            and candidates.patient_control_number
            = unlinked_claims.patient_control_number
    where
        ';' || unlinked_claims.codes || ';' like '%;' || charges.code || ';%'
    union
    select
        candidates.data_source,
        candidates.patient_control_number,
        candidates.encounter_key,
        'amount_is_same' as rule
    from candidates
    inner join encounter_charges
        on candidates.encounter_key = encounter_charges.encounter_key
    inner join unlinked_claims
        on
            candidates.data_source = unlinked_claims.data_source
            and candidates.patient_control_number
            = unlinked_claims.patient_control_number
            and encounter_charges.charged_amount = unlinked_claims.claim_amount
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
