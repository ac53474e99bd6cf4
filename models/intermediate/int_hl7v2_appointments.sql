with

appointment_messages as (
    select * from {{ ref('stg_hl7v2__appointments') }}
),

events as (
    select * from {{ ref('hl7v2_events') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

fillers as (
    select
        data_source,
        placer_appointment_id,
        case
            when min(filler_appointment_id) = max(filler_appointment_id)
                then min(filler_appointment_id)
        end as filler_appointment_id
    from appointment_messages
    where placer_appointment_id is not null
    group by 1, 2
),

identified as (
    select
        appointment_messages.*,
        coalesce(
            appointment_messages.filler_appointment_id,
            fillers.filler_appointment_id,
            appointment_messages.placer_appointment_id
        ) as appointment_id,
        coalesce(
            case
                when events.appointment_status <> 'booked'
                    then events.appointment_status
            end,
            filler_status.canonical_status,
            events.appointment_status
        ) as appointment_status
    from appointment_messages
    inner join events
        on
            events.message_type = 'SIU'
            and appointment_messages.trigger_event = events.trigger_event
            and events.concerns = 'appointment'
    left join fillers
        on
            appointment_messages.data_source = fillers.data_source
            and appointment_messages.placer_appointment_id
            = fillers.placer_appointment_id
    left join status_maps as filler_status
        on
            lower(appointment_messages.status) = filler_status.source_status
            and filler_status.code_system = 'hl7v2_appointment_status'
),

ranked as (
    select
        *,
        row_number() over (
            partition by data_source, appointment_id
            order by sent_at asc nulls first, message_key asc
        ) as message_rank
    from identified
    where appointment_id is not null
),

canonical as (
    select
        data_source,
        appointment_id,
        {{ hl7v2_last('encounter_id', 'encounter_id is not null') }}
            as encounter_id,
        {{ hl7v2_last('patient_id', 'patient_id is not null') }} as patient_id,
        {{ hl7v2_last(
            'coalesce(provider_npi, practitioner_id)',
            'coalesce(provider_npi, practitioner_id) is not null'
        ) }} as provider_npi,
        coalesce(
            {{ hl7v2_last('facility_id', 'facility_id is not null') }},
            {{ hl7v2_last('sending_facility_id') }}
        ) as facility_id,
        {{ hl7v2_last('appointment_status', 'appointment_status is not null') }}
            as appointment_status,
        {{ hl7v2_last('start_at', 'start_at is not null') }} as start_at,
        {{ hl7v2_last('start_at_precision', 'start_at is not null') }}
            as start_at_precision,
        {{ hl7v2_last('end_at', 'start_at is not null') }} as end_at,
        {{ hl7v2_last('end_at_precision', 'start_at is not null') }}
            as end_at_precision,
        cast(null as timestamp) as created_at,
        cast(null as varchar) as created_at_precision,
        {{ hl7v2_last('source_file_id') }} as source_file_id,
        {{ hl7v2_last('source_position') }} as source_position,
        coalesce(max(sent_at), max(loaded_at)) as recorded_at,
        max(loaded_at) as loaded_at
    from ranked
    group by 1, 2
)

select * from canonical
