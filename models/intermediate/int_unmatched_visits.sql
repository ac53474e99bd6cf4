with

care_records as (
    select * from {{ ref('int_unmatched_care') }}
),

visits as (
    select * from {{ ref('int_visit_plans') }}
),

deliveries as (
    select * from {{ ref('int_feed_deliveries') }}
    where feed = 'encounters'
),

planning_sites as (
    select
        site_key,
        min(service_date) as first_date,
        max(service_date) as last_date
    from visits
    where has_appointment
    group by 1
),

unmatched as (
    select
        care_records.data_source,
        care_records.reason_code,
        care_records.record_id,
        care_records.occurred_at
    from care_records
    inner join deliveries
        on care_records.data_source = deliveries.data_source
    where
        care_records.reason_code = 'appointment_without_encounter'
        and care_records.occurred_at <= deliveries.watermark_at
    union all
    select
        data_source,
        reason_code,
        record_id,
        occurred_at
    from care_records
    where reason_code <> 'appointment_without_encounter'
    union all
    select
        visits.data_source,
        'encounter_without_appointment' as reason_code,
        visits.encounter_id as record_id,
        visits.started_at as occurred_at
    from visits
    inner join planning_sites
        on visits.site_key = planning_sites.site_key
    where
        visits.is_unplanned
        and visits.service_date >= planning_sites.first_date
        and visits.service_date <= planning_sites.last_date
)

select * from unmatched
