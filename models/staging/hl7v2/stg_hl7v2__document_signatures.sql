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
        ) as document_index
    from segments
    where segment_id = 'TXA'
),

signatures as (
    select
        *,
        {{ hl7v2_repetitions(22) }} as signature,
        {{ hl7v2_repetition_numbers(22) }} as signature_index
    from documents
),

extracted as (
    select
        *,
        {{ hl7v2_part('signature') }} as signer_id,
        {{ hl7v2_part('signature', 15) }} as signed_at_text
    from signatures
),

renamed as (
    select
        _data_source as data_source,
        message_key,
        document_index,
        signature_index,
        coalesce({{ hl7v2_component(12) }}, {{ hl7v2_component(12, 3) }})
            as document_id,
        signer_id,
        {{ hl7v2_timestamp('signed_at_text') }} as signed_at,
        {{ hl7v2_precision('signed_at_text') }} as signed_at_precision,
        {{ lineage() }}
    from extracted
    where coalesce(signer_id, signed_at_text) is not null
)

select * from renamed
