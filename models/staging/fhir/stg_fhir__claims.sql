with

resources as (
    select * from {{ newest_fhir(raw('fhir_resources'), 'Claim') }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.identifier[0].value') }}
            as patient_control_number,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.use') }} as claim_use,
        {{ json_text(
            'resource', '$.related[0].relationship.coding[0].code'
        ) }} as relationship_code,
        {{ reference_text('resource', '$.related[0].claim', 'Claim') }}
            as related_text,
        {{ json_text('resource', '$.total.value') }} as amount_text,
        {{ reference_text('resource', '$.insurer', 'Organization') }}
            as payer_text,
        {{ json_text('resource', '$.insurance[0].coverage.display') }}
            as payer_display,
        {{ json_text('resource', '$.created') }} as created_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as claim_id,
        patient_control_number,
        status,
        claim_use,
        relationship_code,
        {{ reference_id('related_text', 'Claim') }} as related_claim_id,
        {{ money('amount_text') }} as amount,
        coalesce({{ reference_id('payer_text') }}, payer_display) as payer_id,
        {{ reference_key('payer_text') }} as payer_reference,
        {{ to_utc('created_at_text') }} as created_at,
        {{ time_precision('created_at_text') }} as created_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
