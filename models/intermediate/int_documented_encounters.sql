with

encounters as (
    select * from {{ ref('int_encounters') }}
    where encounter_status = 'finished'
),

coverage as (
    select * from {{ ref('int_encounter_coverage') }}
),

payers as (
    select * from {{ ref('int_payers') }}
),

documented as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.patient_id,
        encounters.patient_key,
        encounters.provider_npi,
        encounters.facility_id,
        encounters.visit_type,
        encounters.started_at,
        encounters.ended_at,
        cast(
            coalesce(
                encounters.ended_at,
                encounters.started_at,
                encounters.recorded_at
            ) as date
        ) as service_date,
        payers.payer_type,
        coverage.is_documents_covered
    from encounters
    inner join coverage
        on encounters.encounter_key = coverage.encounter_key
    left join payers
        on
            encounters.data_source = payers.data_source
            and encounters.payer_id = payers.payer_id
)

select * from documented
