with

segments as (
    select * from {{ ref('stg_hl7v2__segments') }}
    where message_type = 'SIU'
),

contexts as (
    select * from {{ ref('stg_hl7v2__contexts') }}
    where message_type = 'SIU'
),

resources as (
    select
        message_key,
        segment_id,
        {{ hl7v2_component(3) }} as resource_id,
        {{ hl7v2_npi(3) }} as resource_npi,
        {{ hl7v2_component(3, 4) }} as resource_facility_id,
        case
            when segment_id = 'AIS' then {{ hl7v2_component(4) }}
            else {{ hl7v2_component(6) }}
        end as start_at_text,
        row_number() over (
            partition by message_key, segment_id
            order by segment_index
        ) as resource_index
    from segments
    where segment_id in ('AIS', 'AIP', 'AIL')
),

first_resources as (
    select
        message_key,
        max(case when segment_id = 'AIS' then resource_id end) as service_code,
        max(case when segment_id = 'AIP' then resource_id end)
            as practitioner_id,
        max(case when segment_id = 'AIP' then resource_npi end)
            as provider_npi,
        max(case when segment_id = 'AIL' then resource_id end) as location_id,
        max(case when segment_id = 'AIL' then resource_facility_id end)
            as facility_id,
        coalesce(
            max(case when segment_id = 'AIS' then start_at_text end),
            max(case when segment_id = 'AIP' then start_at_text end),
            max(case when segment_id = 'AIL' then start_at_text end)
        ) as start_at_text
    from resources
    where resource_index = 1
    group by 1
),

patients as (
    select
        message_key,
        max(pid_segment) as patient_pid_segment,
        max(pv1_segment) as patient_pv1_segment
    from contexts
    where patient_index <= 1
    group by 1
),

schedules as (
    select
        segments.* replace (
            patients.patient_pid_segment as pid_segment,
            patients.patient_pv1_segment as pv1_segment
        ),
        first_resources.service_code,
        first_resources.practitioner_id,
        first_resources.provider_npi,
        first_resources.location_id,
        first_resources.facility_id,
        first_resources.start_at_text as resource_start_at_text
    from segments
    inner join patients on segments.message_key = patients.message_key
    left join first_resources
        on segments.message_key = first_resources.message_key
    where segments.segment_id = 'SCH'
),

extracted as (
    select
        *,
        coalesce(resource_start_at_text, {{ hl7v2_component(11, 4) }})
            as start_at_text,
        {{ hl7v2_component(11, 5) }} as end_at_text
    from schedules
),

renamed as (
    select
        _data_source as data_source,
        message_key,
        trigger_event,
        sent_at,
        {{ hl7v2_component(1) }} as placer_appointment_id,
        {{ hl7v2_component(2) }} as filler_appointment_id,
        {{ hl7v2_component(25) }} as status,
        {{ hl7v2_component(6) }} as event_reason_code,
        {{ hl7v2_component(7) }} as appointment_reason_code,
        {{ hl7v2_component(8) }} as appointment_type_code,
        {{ hl7v2_encounter_id() }} as encounter_id,
        {{ hl7v2_patient_id() }} as patient_id,
        service_code,
        practitioner_id,
        provider_npi,
        location_id,
        facility_id,
        {{ hl7v2_part('sending_facility') }} as sending_facility_id,
        {{ hl7v2_timestamp('start_at_text') }} as start_at,
        {{ hl7v2_precision('start_at_text') }} as start_at_precision,
        {{ hl7v2_timestamp('end_at_text') }} as end_at,
        {{ hl7v2_precision('end_at_text') }} as end_at_precision,
        {{ lineage() }}
    from extracted
)

select * from renamed
