with

resources as (
    select * from {{ raw('fhir_resources') }}
    where resource_type = 'ClaimResponse' and change is null
),

extracted as (
    select
        *,
        {{ reference_text('resource', '$.request', 'Claim') }} as claim_text,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.use') }} as claim_use,
        {{ json_text('resource', '$.outcome') }} as outcome,
        {{ json_text('resource', '$.created') }} as created_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as claim_response_id,
        {{ reference_id('claim_text', 'Claim') }} as claim_id,
        status,
        claim_use,
        outcome,
        {{ to_utc('created_at_text') }} as created_at,
        {{ time_precision('created_at_text') }} as created_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
