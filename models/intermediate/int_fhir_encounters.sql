with

fhir_encounters as (
    select * from {{ ref('int_fhir_encounters_resolved') }}
),

fhir_statuses as (
    select * from {{ ref('int_fhir_encounter_statuses') }}
),

appointments as (
    select * from {{ ref('stg_fhir__appointments') }}
),

patient_payers as (
    select * from {{ ref('int_patient_payers') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

status_times as (
    select
        data_source,
        encounter_id,
        min(started_at) filter (where period_status = 'arrived')
            as arrived_at,
        {{ value_at_first(
            'started_at_precision', 'started_at', "period_status = 'arrived'"
        ) }} as arrived_at_precision,
        min(started_at) filter (where period_status = 'in-progress')
            as in_progress_at,
        {{ value_at_first(
            'started_at_precision', 'started_at', "period_status = 'in-progress'"
        ) }} as in_progress_at_precision,
        min(started_at) filter (where period_status = 'finished')
            as finished_at,
        {{ value_at_first(
            'started_at_precision', 'started_at', "period_status = 'finished'"
        ) }} as finished_at_precision
    from fhir_statuses
    group by 1, 2
),

canonical as (
    select
        fhir_encounters.data_source,
        fhir_encounters.encounter_id,
        fhir_encounters.identifier as encounter_identifier,
        fhir_encounters.patient_id,
        fhir_encounters.provider_npi,
        coalesce(fhir_encounters.location_id, fhir_encounters.organization_id)
            as facility_id,
        patient_payers.payer_id,
        fhir_encounters.type_code as visit_type_code,
        class_map.canonical_status as encounter_class,
        case
            when
                appointments.status = 'noshow'
                and status_map.canonical_status in ('cancelled', 'planned')
                and status_times.in_progress_at is null
                and care_map.canonical_status is null
                then 'noshow'
            when
                appointments.status = 'cancelled'
                and status_map.canonical_status = 'planned'
                then 'cancelled'
            else status_map.canonical_status
        end as encounter_status,
        coalesce(appointments.start_at, fhir_encounters.planned_start_at)
            as scheduled_for,
        case
            when appointments.start_at is not null
                then appointments.start_at_precision
            else fhir_encounters.planned_start_at_precision
        end as scheduled_for_precision,
        case
            when
                appointments.start_at is null
                and fhir_encounters.planned_start_at is not null
                then 'fhir_encounter_planned_start'
            else 'fhir_appointment_start'
        end as scheduled_for_evidence,
        status_times.arrived_at,
        status_times.arrived_at_precision,
        'fhir_encounter_arrived' as arrived_at_evidence,
        coalesce(status_times.in_progress_at, fhir_encounters.started_at)
            as started_at,
        case
            when status_times.in_progress_at is not null
                then status_times.in_progress_at_precision
            else fhir_encounters.started_at_precision
        end as started_at_precision,
        case
            when status_times.in_progress_at is not null
                then 'fhir_encounter_in_progress'
            else 'fhir_encounter_period_start'
        end as started_at_evidence,
        coalesce(fhir_encounters.ended_at, status_times.finished_at)
            as ended_at,
        case
            when fhir_encounters.ended_at is not null
                then fhir_encounters.ended_at_precision
            else status_times.finished_at_precision
        end as ended_at_precision,
        case
            when fhir_encounters.ended_at is not null
                then 'fhir_encounter_period_end'
            else 'fhir_encounter_finished'
        end as ended_at_evidence,
        fhir_encounters.source_file_id,
        fhir_encounters.source_position,
        coalesce(fhir_encounters.updated_at, fhir_encounters.loaded_at)
            as recorded_at,
        fhir_encounters.loaded_at
    from fhir_encounters
    left join status_times
        on
            fhir_encounters.data_source = status_times.data_source
            and fhir_encounters.encounter_id = status_times.encounter_id
    left join appointments
        on
            fhir_encounters.data_source = appointments.data_source
            and fhir_encounters.appointment_id = appointments.appointment_id
    left join patient_payers
        on
            fhir_encounters.data_source = patient_payers.data_source
            and fhir_encounters.patient_id = patient_payers.patient_id
    left join status_maps as status_map
        on
            fhir_encounters.status = status_map.source_status
            and status_map.code_system = 'fhir_encounter_status'
    left join status_maps as care_map
        on
            fhir_encounters.status = care_map.source_status
            and care_map.code_system = 'fhir_encounter_care'
    left join status_maps as class_map
        on
            fhir_encounters.class_code = class_map.source_status
            and class_map.code_system = 'fhir_encounter_class'
)

select * from canonical
