with

fhir_patients as (
    select * from {{ ref('stg_fhir__patients') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

survivors as (
    select * from {{ ref('int_survivors') }}
    where entity = 'patient' and surviving_id is not null
),

clock as (
    select * from {{ ref('int_clock') }}
),

all_sources as (
    select
        data_source,
        patient_id,
        administrative_sex,
        born_at
    from fhir_patients
    union all
    select
        data_source,
        patient_id,
        cast(null as varchar) as administrative_sex,
        cast(null as timestamp) as born_at
    from encounters
    where patient_id is not null
),

patients as (
    select
        all_sources.data_source,
        coalesce(survivors.surviving_id, all_sources.patient_id) as patient_id,
        min(all_sources.administrative_sex) as administrative_sex,
        min(all_sources.born_at) as born_at
    from all_sources
    left join survivors
        on
            all_sources.data_source = survivors.data_source
            and all_sources.patient_id = survivors.prior_id
    group by 1, 2
),

keyed as (
    select
        {{ surrogate_key(
            ['clock.hash_key', 'patients.data_source', 'patients.patient_id']
        ) }} as patient_key,
        patients.data_source,
        patients.administrative_sex,
        case
            when patients.born_at is not null
                then cast(
                    extract(year from greatest(
                        patients.born_at, clock.as_of - interval '90' year
                    )) as integer
                )
        end as birth_year
    from patients
    cross join clock
)

select * from keyed
