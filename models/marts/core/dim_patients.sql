with

patients as (
    select * from {{ ref('int_patients') }}
),

restricted_patients as (
    select * from {{ ref('int_restricted_patients') }}
),

selected as (
    select
        patients.patient_key,
        patients.data_source,
        patients.administrative_sex,
        patients.birth_year
    from patients
    left join restricted_patients
        on patients.patient_key = restricted_patients.patient_key
    where restricted_patients.patient_key is null
)

select * from selected
