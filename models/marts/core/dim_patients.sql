with

patients as (
    select * from {{ ref('int_patients') }}
),

selected as (
    select
        patient_key,
        data_source,
        administrative_sex,
        birth_year
    from patients
)

select * from selected
