with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Coverage'
    ) }}
),

extracted as (
    select
        *,
        {{ json_text('resource', '$.status') }} as status,
        {{ reference_text('resource', '$.beneficiary', 'Patient') }}
            as patient_text,
        coalesce(
            {{ reference_text('resource', '$.insurer', 'Organization') }},
            {{ reference_text('resource', '$.payor[0]', 'Organization') }}
        ) as payer_text,
        coalesce(
            {{ json_text('resource', '$.insurer.display') }},
            {{ json_text('resource', '$.payor[0].display') }}
        ) as payer_display,
        {{ json_text('resource', '$.order') }} as coverage_order_text,
        {{ json_text('resource', '$.period.start') }} as starts_at_text,
        {{ json_text('resource', '$.period.end') }} as ends_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as coverage_id,
        status,
        {{ reference_id('patient_text') }} as patient_id,
        {{ reference_key('patient_text') }} as patient_reference,
        coalesce({{ reference_id('payer_text') }}, payer_display) as payer_id,
        {{ reference_key('payer_text') }} as payer_reference,
        {{ cast_or_null('coverage_order_text', 'integer') }} as coverage_order,
        {{ to_utc('starts_at_text') }} as starts_at,
        {{ to_utc('ends_at_text') }} as ends_at,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
