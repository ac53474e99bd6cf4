with

resources as (
    select *
    from {{ newest_fhir(
        source('raw', 'fhir_resources'), 'Provenance'
    ) }}
),

signatures as (
    select * from resources
    {{ unnest_json('resource', '$.signature', 'signature') }}
),

signed_targets as (
    select * from signatures
    {{ unnest_json('resource', '$.target', 'target') }}
),

extracted as (
    select
        *,
        {{ json_text('target', '$.reference') }} as target_reference,
        {{ json_text('signature', '$.type[0].code') }} as signature_type_code,
        {{ json_text('signature', '$.who.reference') }} as signer_reference,
        {{ json_text('signature', '$.when') }} as signed_at_text
    from signed_targets
),

renamed as (
    select
        _data_source as data_source,
        resource_id as provenance_id,
        {{ reference_id('target_reference', 'DocumentReference') }}
            as target_id,
        {{ reference_id('signer_reference') }} as signer_id,
        signature_type_code,
        {{ to_utc('signed_at_text') }} as signed_at,
        {{ time_precision('signed_at_text') }} as signed_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
    where signed_at_text is not null
)

select * from renamed
