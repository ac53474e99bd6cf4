with

resources as (
    select *
    from {{ newest_fhir(
        source('raw', 'fhir_resources'), 'Account'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.billingStatus.coding[0].code') }}
            as billing_status_code,
        {{ json_text('resource', '$.type.coding[0].code') }} as type_code,
        coalesce(
            {{ json_text(
                json_first(
                    'resource', '$.subject', '$.reference', '(^|/)Patient[/?]'
                ), '$.reference'
            ) }},
            {{ reference_text('resource', '$.subject[0]', 'Patient') }}
        ) as patient_text,
        {{ reference_text('resource', '$.coverage[0].coverage', 'Coverage') }}
            as coverage_text,
        {{ json_text('resource', '$.servicePeriod.start') }} as starts_at_text,
        {{ json_text('resource', '$.servicePeriod.end') }} as ends_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as account_id,
        status,
        billing_status_code,
        type_code,
        {{ reference_id('patient_text', 'Patient') }} as patient_id,
        {{ reference_key('patient_text') }} as patient_reference,
        {{ reference_id('coverage_text') }} as coverage_id,
        {{ reference_key('coverage_text') }} as coverage_reference,
        {{ to_utc('starts_at_text') }} as starts_at,
        {{ time_precision('starts_at_text') }} as starts_at_precision,
        {{ to_utc('ends_at_text') }} as ends_at,
        {{ time_precision('ends_at_text') }} as ends_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
