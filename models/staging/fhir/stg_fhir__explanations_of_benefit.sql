with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'ExplanationOfBenefit'
    ) }}
),

extracted as (
    select
        *,
        {{ reference_text('resource', '$.claim', 'Claim') }} as claim_text,
        coalesce(
            {{ reference_text('resource', '$.encounter[0]', 'Encounter') }},
            {{ reference_text(
                'resource', '$.item[0].encounter[0]', 'Encounter'
            ) }}
        ) as encounter_text,
        {{ json_text('resource', '$.status') }} as status,
        {{ json_text('resource', '$.use') }} as claim_use,
        {{ json_text('resource', '$.outcome') }} as outcome,
        {{ json_text('resource', '$.payment.amount.value') }}
            as paid_amount_text,
        {{ json_text('resource', '$.created') }} as created_at_text,
        {{ json_text('resource', '$.payment.date') }} as paid_at_text
    from resources
),

renamed as (
    select
        _data_source as data_source,
        resource_id as explanation_id,
        {{ reference_id('claim_text') }} as claim_id,
        {{ reference_key('claim_text') }} as claim_reference,
        {{ reference_id('encounter_text', 'Encounter') }} as encounter_id,
        {{ reference_key('encounter_text') }} as encounter_reference,
        status,
        claim_use,
        outcome,
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
