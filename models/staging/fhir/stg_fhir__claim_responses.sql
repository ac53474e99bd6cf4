with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'ClaimResponse'
    ) }}
),

extracted as (
    select
        *,
        {{ reference_text('resource', '$.request', 'Claim') }}
            as claim_text,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.use') }} as claim_use,
        {{ json_text('resource', '$.outcome') }} as outcome,
        {{ json_text('resource', '$.disposition') }} as disposition,
        {{ reference_text('resource', '$.insurer', 'Organization') }}
            as payer_text,
        {{ json_text('resource', '$.payment.amount.value') }}
            as paid_amount_text,
        {{ json_text('resource', '$.created') }} as created_at_text,
        {{ json_text('resource', '$.payment.date') }} as paid_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as claim_response_id,
        {{ reference_id('claim_text', 'Claim') }} as claim_id,
        {{ reference_key('claim_text') }} as claim_reference,
        status,
        claim_use,
        outcome,
        disposition,
        {{ reference_id('payer_text') }} as payer_id,
        {{ reference_key('payer_text') }} as payer_reference,
        {{ money('paid_amount_text') }} as paid_amount,
        {{ to_utc('created_at_text') }} as created_at,
        {{ time_precision('created_at_text') }} as created_at_precision,
        {{ to_utc('paid_at_text') }} as paid_at,
        {{ time_precision('paid_at_text') }} as paid_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
