with

segments as (
    select * from {{ ref('stg_hl7v2__segments') }}
    where message_type = 'MDM'
),

documents as (
    select
        *,
        row_number() over (
            partition by message_key, segment_id
            order by segment_index
        ) as document_index,
        {{ hl7v2_component(2, 1, 'evn_segment') }} as event_recorded_at_text,
        {{ hl7v2_component(6, 1, 'evn_segment') }} as event_occurred_at_text,
        {{ hl7v2_component(4) }} as activity_at_text,
        {{ hl7v2_component(6) }} as originated_at_text,
        {{ hl7v2_component(7) }} as transcribed_at_text
    from segments
    where segment_id = 'TXA'
),

renamed as (
    select
        _data_source as data_source,
        message_key,
        document_index,
        message_type,
        trigger_event,
        sent_at,
        coalesce({{ hl7v2_component(12) }}, {{ hl7v2_component(12, 3) }})
            as document_id,
        coalesce({{ hl7v2_component(13) }}, {{ hl7v2_component(13, 3) }})
            as parent_document_id,
        {{ hl7v2_encounter_id() }} as encounter_id,
        {{ hl7v2_patient_id() }} as patient_id,
        {{ hl7v2_component(2) }} as document_type,
        coalesce({{ hl7v2_component(9) }}, {{ hl7v2_component(5) }})
            as author_id,
        coalesce({{ hl7v2_npi(9) }}, {{ hl7v2_npi(5) }}) as author_npi,
        {{ hl7v2_component(10) }} as authenticator_id,
        {{ hl7v2_component(17) }} as completion_status,
        {{ hl7v2_component(19) }} as availability_status,
        {{ hl7v2_cleared('TXA', [2, 9, 10, 13, 17, 19]) }} as cleared_fields,
        {{ hl7v2_timestamp('activity_at_text') }} as activity_at,
        {{ hl7v2_precision('activity_at_text') }} as activity_at_precision,
        {{ hl7v2_timestamp('originated_at_text') }} as originated_at,
        {{ hl7v2_precision('originated_at_text') }} as originated_at_precision,
        {{ hl7v2_timestamp('transcribed_at_text') }} as transcribed_at,
        {{ hl7v2_precision('transcribed_at_text') }}
            as transcribed_at_precision,
        {{ hl7v2_timestamp('event_recorded_at_text') }} as event_recorded_at,
        {{ hl7v2_precision('event_recorded_at_text') }}
            as event_recorded_at_precision,
        {{ hl7v2_timestamp('event_occurred_at_text') }} as event_occurred_at,
        {{ hl7v2_precision('event_occurred_at_text') }}
            as event_occurred_at_precision,
        {{ lineage() }}
    from documents
)

select * from renamed
