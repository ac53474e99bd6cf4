with

compositions as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Composition'
    ) }}
),

document_references as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'DocumentReference'
    ) }}
),

resources as (
    select * from compositions
    union all
    select * from document_references
),

extracted as (
    select
        *,
        coalesce(
            {{ json_text('attester', '$.mode.coding[0].code') }},
            {{ json_text('attester', '$.mode.text') }},
            {{ json_text('attester', '$.mode') }}
        ) as mode_code,
        {{ reference_text('attester', '$.party', 'Practitioner') }}
            as attester_text,
        {{ json_text('attester', '$.time') }} as attested_at_text
    from resources
    {{ unnest_json('resource', '$.attester', 'attester') }}
),

renamed as (
    select
        _data_source as data_source,
        resource_type,
        resource_id as document_id,
        mode_code,
        {{ reference_id('attester_text') }} as attester_id,
        {{ reference_key('attester_text') }} as attester_reference,
        {{ to_utc('attested_at_text') }} as attested_at,
        {{ time_precision('attested_at_text') }} as attested_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
)

select * from renamed
