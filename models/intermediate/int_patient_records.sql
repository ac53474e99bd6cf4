with

fhir_patients as (
    select * from {{ ref('stg_fhir__patients') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
    where patient_id is not null
),

survivors as (
    select * from {{ ref('int_survivors') }}
    where entity = 'patient' and surviving_id is not null
),

clock as (
    select * from {{ ref('int_clock') }}
),

all_records as (
    select
        data_source,
        patient_id,
        source_file_id,
        source_position
    from fhir_patients
    union all
    select
        data_source,
        patient_id,
        source_file_id,
        source_position
    from encounters
),

keyed as (
    select
        {{ surrogate_key([
            'clock.hash_key',
            'all_records.data_source',
            'coalesce(survivors.surviving_id, all_records.patient_id)',
        ]) }} as patient_key,
        all_records.source_file_id,
        all_records.source_position
    from all_records
    cross join clock
    left join survivors
        on
            all_records.data_source = survivors.data_source
            and all_records.patient_id = survivors.prior_id
)

select * from keyed
