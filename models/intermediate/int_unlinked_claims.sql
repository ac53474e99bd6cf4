with

claims as (
    select * from {{ ref('int_claims') }}
    where record_type = 'x12'
),

subjects as (
    select * from {{ ref('stg_x12__claim_subjects') }}
),

claim_encounters as (
    select * from {{ ref('int_claim_encounters') }}
),

linked_numbers as (
    select
        data_source,
        patient_control_number,
        count(*) as encounter_count
    from claim_encounters
    group by 1, 2
),

unlinked as (
    select
        claims.data_source,
        claims.claim_id as claim_record_id,
        claims.patient_control_number,
        claims.amount as claim_amount,
        subjects.subscriber_id,
        subjects.medical_record_number,
        subjects.provider_npi,
        subjects.codes,
        subjects.is_dependent,
        cast(subjects.service_at as date) as first_service_date,
        cast(subjects.last_service_at as date) as last_service_date
    from claims
    inner join subjects
        on
            claims.data_source = subjects.data_source
            and claims.claim_id = subjects.claim_record_id
    left join linked_numbers
        on
            claims.data_source = linked_numbers.data_source
            and claims.patient_control_number
            = linked_numbers.patient_control_number
    where linked_numbers.encounter_count is null
)

select * from unlinked
