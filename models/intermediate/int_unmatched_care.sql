with

encounters as (
    select * from {{ ref('int_encounters') }}
),

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
    where has_taken_place
),

documents as (
    select * from {{ ref('int_documents') }}
    where document_status is distinct from 'entered-in-error'
),

planned as (
    select * from {{ ref('int_appointment_days') }}
    where appointment_status = 'fulfilled' and encounter_key is null
),

visited_days as (
    select
        encounters.data_source,
        encounters.surviving_patient_id as patient_id,
        encounter_days.service_date,
        count(*) as visit_count
    from encounter_days
    inner join encounters
        on encounter_days.encounter_key = encounters.encounter_key
    group by 1, 2, 3
),

unmatched as (
    select
        planned.data_source,
        'appointment_without_encounter' as reason_code,
        planned.appointment_id as record_id,
        planned.start_at as occurred_at,
        planned.source_file_id,
        planned.source_position
    from planned
    left join visited_days
        on
            planned.data_source = visited_days.data_source
            and planned.patient_id = visited_days.patient_id
            and planned.planned_date = visited_days.service_date
    where visited_days.visit_count is null
    union all
    select
        documents.data_source,
        'document_without_encounter' as reason_code,
        documents.document_id as record_id,
        documents.created_at as occurred_at,
        documents.source_file_id,
        documents.source_position
    from documents
    left join encounters
        on documents.encounter_key = encounters.encounter_key
    where encounters.encounter_key is null
)

select * from unmatched
