with

segments as (
    select * from {{ ref('stg_hl7v2__segments') }}
    where message_type in ('DFT', 'BAR')
),

charges as (
    select
        *,
        row_number() over (
            partition by message_key, segment_id
            order by segment_index
        ) as charge_index,
        {{ hl7v2_component(4) }} as service_at_text,
        {{ hl7v2_component(4, 2) }} as service_end_at_text,
        {{ hl7v2_component(5) }} as posted_at_text,
        {{ hl7v2_component(10) }} as units_text,
        {{ hl7v2_component(11) }} as amount_text,
        {{ hl7v2_component(12) }} as unit_amount_text
    from segments
    where segment_id = 'FT1'
),

renamed as (
    select
        _data_source as data_source,
        message_key,
        charge_index,
        message_type,
        trigger_event,
        sent_at,
        {{ hl7v2_component(2) }} as transaction_id,
        {{ hl7v2_component(3) }} as transaction_batch_id,
        {{ hl7v2_encounter_id() }} as encounter_id,
        {{ hl7v2_patient_id() }} as patient_id,
        {{ hl7v2_component(6) }} as transaction_type,
        coalesce({{ hl7v2_component(25) }}, {{ hl7v2_component(7) }}) as code,
        {{ hl7v2_component(7) }} as transaction_code,
        {{ hl7v2_codes(26) }} as modifiers,
        {{ money('units_text') }} as units,
        coalesce(
            {{ money('amount_text') }},
            cast(
                {{ money('units_text') }}
                * {{ money('unit_amount_text') }}
                as decimal(18, 2)
            )
        ) as amount,
        coalesce({{ hl7v2_npi(20) }}, {{ hl7v2_component(20) }})
            as performer_npi,
        {{ hl7v2_timestamp('service_at_text') }} as service_at,
        {{ hl7v2_precision('service_at_text') }} as service_at_precision,
        {{ hl7v2_timestamp('service_end_at_text') }} as service_end_at,
        {{ hl7v2_timestamp('posted_at_text') }} as posted_at,
        {{ hl7v2_precision('posted_at_text') }} as posted_at_precision,
        {{ lineage() }}
    from charges
)

select * from renamed
