with

encounters as (
    select * from {{ ref('int_encounters') }}
    where patient_key is not null
),

restricted_encounters as (
    select * from {{ ref('int_restricted_encounters') }}
),

records as (
    select * from {{ ref('int_restricted_records') }}
    where entity = 'patient'
),

survivors as (
    select * from {{ ref('int_survivors') }}
    where entity = 'patient' and surviving_id is not null
),

clock as (
    select * from {{ ref('int_clock') }}
),

labelled as (
    select
        {{ surrogate_key([
            'clock.hash_key',
            'records.data_source',
            'coalesce(survivors.surviving_id, records.record_id)',
        ]) }} as patient_key
    from records
    cross join clock
    left join survivors
        on
            records.data_source = survivors.data_source
            and records.record_id = survivors.prior_id
),

seen as (
    select
        encounters.patient_key,
        count(*) as encounter_count,
        count(restricted_encounters.encounter_key) as restricted_count
    from encounters
    left join restricted_encounters
        on
            coalesce(
                encounters.merged_into_encounter_key, encounters.encounter_key
            )
            = restricted_encounters.encounter_key
    group by 1
),

restricted as (
    select patient_key from labelled
    union
    select patient_key from seen
    where encounter_count = restricted_count
)

select * from restricted
