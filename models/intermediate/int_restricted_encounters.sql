with

records as (
    select * from {{ ref('int_restricted_records') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

documents as (
    select * from {{ ref('int_documents') }}
),

survivors as (
    select * from {{ ref('int_survivors') }}
    where entity = 'patient' and surviving_id is not null
),

patients as (
    select
        records.data_source,
        coalesce(survivors.surviving_id, records.record_id) as patient_id
    from records
    left join survivors
        on
            records.data_source = survivors.data_source
            and records.record_id = survivors.prior_id
    where records.entity = 'patient'
    group by 1, 2
),

named as (
    select
        coalesce(
            encounters.merged_into_encounter_key, encounters.encounter_key
        ) as encounter_key
    from encounters
    inner join records
        on
            encounters.data_source = records.data_source
            and encounters.encounter_id = records.record_id
            and records.entity = 'encounter'
    union all
    select encounters.encounter_key
    from encounters
    inner join patients
        on
            encounters.data_source = patients.data_source
            and encounters.surviving_patient_id = patients.patient_id
    union all
    select documents.encounter_key
    from documents
    inner join records
        on
            documents.data_source = records.data_source
            and documents.document_id = records.record_id
            and records.entity = 'document'
    where documents.encounter_key is not null
),

restricted as (
    select encounter_key
    from named
    group by 1
)

select * from restricted
