with

visit_events as (
    select * from {{ ref('int_hl7v2_visit_events') }}
),

visit_plans as (
    select * from {{ ref('int_hl7v2_visit_plans') }}
),

patient_moves as (
    select * from {{ ref('int_patient_moves') }}
),

patient_payers as (
    select * from {{ ref('int_patient_payers') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

visits as (
    select
        data_source,
        encounter_id,
        {{ hl7v2_last('visit_number', 'visit_number is not null') }}
            as encounter_identifier,
        {{ hl7v2_last('patient_id', 'patient_id is not null') }} as patient_id,
        {{ hl7v2_last('account_id', 'account_id is not null') }} as account_id,
        max(sent_at) filter (where patient_id is not null) as patient_named_at,
        {{ hl7v2_accumulated('provider_npi', 'PV1-7') }} as provider_npi,
        coalesce(
            {{ hl7v2_accumulated('facility_id', 'PV1-3') }},
            {{ hl7v2_last('sending_facility_id') }}
        ) as facility_id,
        {{ hl7v2_accumulated('class_code', 'PV1-2') }} as class_code,
        {{ hl7v2_last('encounter_status', 'encounter_status is not null') }}
            as encounter_status,
        {{ hl7v2_last('expected_at', 'expected_at is not null') }}
            as scheduled_for,
        {{ hl7v2_last('expected_at_precision', 'expected_at is not null') }}
            as scheduled_for_precision,
        {{ hl7v2_first('came_at', 'is_arrival') }} as arrived_at,
        {{ hl7v2_first('came_at_precision', 'is_arrival') }}
            as arrived_at_precision,
        {{ hl7v2_first('came_at_field', 'is_arrival') }} as arrived_at_field,
        {{ hl7v2_first('came_at', 'is_start') }} as started_at,
        {{ hl7v2_first('came_at_precision', 'is_start') }}
            as started_at_precision,
        {{ hl7v2_first('came_at_field', 'is_start') }} as started_at_field,
        {{ hl7v2_last('left_at', 'is_end') }} as ended_at,
        {{ hl7v2_last('left_at_precision', 'is_end') }} as ended_at_precision,
        {{ hl7v2_last('left_at_field', 'is_end') }} as ended_at_field,
        {{ hl7v2_last('source_file_id') }} as source_file_id,
        {{ hl7v2_last('source_position') }} as source_position,
        max(sent_at) as sent_at,
        max(loaded_at) as loaded_at
    from visit_events
    group by 1, 2
),

placed as (
    select
        visits.*,
        case
            when visit_moves.moved_at >= visits.patient_named_at
                then visit_moves.patient_id
            when account_moves.moved_at >= visits.patient_named_at
                then account_moves.patient_id
            else visits.patient_id
        end as current_patient_id
    from visits
    left join patient_moves as visit_moves
        on
            visits.data_source = visit_moves.data_source
            and visits.encounter_id = visit_moves.moved_id
            and visit_moves.entity = 'visit'
    left join patient_moves as account_moves
        on
            visits.data_source = account_moves.data_source
            and visits.account_id = account_moves.moved_id
            and account_moves.entity = 'account'
),

canonical as (
    select
        placed.data_source,
        placed.encounter_id,
        placed.encounter_identifier,
        placed.current_patient_id as patient_id,
        placed.provider_npi,
        placed.facility_id,
        patient_payers.payer_id,
        cast(null as varchar) as visit_type_code,
        class_map.canonical_status as encounter_class,
        case
            when
                placed.encounter_status = 'planned'
                or (
                    placed.encounter_status = 'cancelled'
                    and visit_plans.exit_status = 'noshow'
                )
                then coalesce(visit_plans.exit_status, placed.encounter_status)
            else placed.encounter_status
        end as encounter_status,
        coalesce(visit_plans.start_at, placed.scheduled_for) as scheduled_for,
        case
            when visit_plans.start_at is not null
                then visit_plans.start_at_precision
            else placed.scheduled_for_precision
        end as scheduled_for_precision,
        case
            when visit_plans.start_at is not null
                then 'hl7v2_appointment_start'
            else 'hl7v2_expected_admit'
        end as scheduled_for_evidence,
        placed.arrived_at,
        placed.arrived_at_precision,
        'hl7v2_arrival_' || placed.arrived_at_field as arrived_at_evidence,
        coalesce(placed.started_at, placed.arrived_at) as started_at,
        coalesce(placed.started_at_precision, placed.arrived_at_precision)
            as started_at_precision,
        case
            when placed.started_at is null then 'hl7v2_start_is_arrival'
            else 'hl7v2_start_' || placed.started_at_field
        end as started_at_evidence,
        placed.ended_at,
        placed.ended_at_precision,
        'hl7v2_end_' || placed.ended_at_field as ended_at_evidence,
        placed.source_file_id,
        placed.source_position,
        coalesce(placed.sent_at, placed.loaded_at) as recorded_at,
        placed.loaded_at
    from placed
    left join visit_plans
        on
            placed.data_source = visit_plans.data_source
            and placed.encounter_id = visit_plans.encounter_id
    left join patient_payers
        on
            placed.data_source = patient_payers.data_source
            and placed.current_patient_id = patient_payers.patient_id
    left join status_maps as class_map
        on
            placed.class_code = class_map.source_status
            and class_map.code_system = 'hl7v2_patient_class'
)

select * from canonical
