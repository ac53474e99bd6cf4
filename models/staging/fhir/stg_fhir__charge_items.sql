with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'ChargeItem'
    ) }}
),

extracted as (
    select
        *,
        coalesce(
            {{ reference_text('resource', '$.encounter', 'Encounter') }},
            {{ reference_text('resource', '$.context', 'Encounter') }}
        ) as encounter_text,
        {{ reference_text('resource', '$.account[0]', 'Account') }}
            as account_text,
        {{ json_text('resource', '$.code.coding[0].code') }} as code,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.quantity.value') }} as units_text,
        coalesce(
            {{ json_text('resource', '$.totalPriceComponent.amount.value') }},
            {{ json_text('resource', '$.priceOverride.value') }}
        ) as amount_text,
        {{ json_text('resource', '$.unitPriceComponent.amount.value') }}
            as unit_amount_text,
        coalesce(
            {{ json_text('resource', '$.occurrenceDateTime') }},
            {{ json_text('resource', '$.occurrencePeriod.start') }}
        ) as service_at_text,
        {{ json_text('resource', '$.enteredDate') }} as entered_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as charge_id,
        {{ reference_id('encounter_text', 'Encounter') }} as encounter_id,
        {{ reference_key('encounter_text') }} as encounter_reference,
        {{ reference_id('account_text', 'Account') }} as account_id,
        {{ reference_key('account_text') }} as account_reference,
        code,
        status,
        {{ cast_or_null('units_text', 'decimal(18, 4)') }} as units,
        coalesce(
            {{ money('amount_text') }},
            cast(
                {{ cast_or_null('unit_amount_text', 'decimal(18, 4)') }}
                * {{ cast_or_null('units_text', 'decimal(18, 4)') }}
                as decimal(18, 2)
            )
        ) as amount,
        {{ to_utc('service_at_text') }} as service_at,
        {{ to_utc('entered_at_text') }} as entered_at,
        {{ time_precision('entered_at_text') }} as entered_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
