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
),

deliveries as (
    select * from {{ ref('int_feed_deliveries') }}
    where feed = 'encounters'
),

visits as (
    select
        encounter_days.*,
        encounters.encounter_id,
        encounters.surviving_patient_id,
        encounters.started_at,
        encounters.scheduled_for
    from encounter_days
    inner join encounters
        on encounter_days.encounter_key = encounters.encounter_key
),

visited_days as (
    select
        data_source,
        surviving_patient_id as patient_id,
        service_date,
        count(*) as visit_count
    from visits
    group by 1, 2, 3
),

planned_days as (
    select
        data_source,
        patient_id,
        planned_date,
        count(*) as appointment_count
    from planned
    where encounter_key is null
    group by 1, 2, 3
),

planned_visits as (
    select
        encounter_key,
        count(*) as appointment_count
    from planned
    where encounter_key is not null
    group by 1
),

planning_sites as (
    select
        visits.site_key,
        min(visits.service_date) as first_date,
        max(visits.service_date) as last_date
    from visits
    inner join planned_visits
        on visits.encounter_key = planned_visits.encounter_key
    group by 1
),

unmatched as (
    select
        planned.data_source,
        'appointment_without_encounter' as reason_code,
        planned.appointment_id as record_id,
        planned.start_at as occurred_at
    from planned
    inner join deliveries
        on planned.data_source = deliveries.data_source
    left join visited_days
        on
            planned.data_source = visited_days.data_source
            and planned.patient_id = visited_days.patient_id
            and planned.planned_date = visited_days.service_date
    where
        planned.appointment_status = 'fulfilled'
        and planned.encounter_key is null
        and visited_days.visit_count is null
        and planned.start_at <= deliveries.watermark_at
    union all
    select
        visits.data_source,
        'encounter_without_appointment' as reason_code,
        visits.encounter_id as record_id,
        visits.started_at as occurred_at
    from visits
    inner join planning_sites
        on visits.site_key = planning_sites.site_key
    left join planned_visits
        on visits.encounter_key = planned_visits.encounter_key
    left join planned_days
        on
            visits.data_source = planned_days.data_source
            and visits.surviving_patient_id = planned_days.patient_id
            and visits.service_date = planned_days.planned_date
    where
        planned_visits.appointment_count is null
        and planned_days.appointment_count is null
        and visits.scheduled_for is null
        and visits.service_date >= planning_sites.first_date
        and visits.service_date <= planning_sites.last_date
    union all
    select
        documents.data_source,
        'document_without_encounter' as reason_code,
        documents.document_id as record_id,
        documents.created_at as occurred_at
    from documents
    left join encounters
        on documents.encounter_key = encounters.encounter_key
    where encounters.encounter_key is null
)

select * from unmatched
