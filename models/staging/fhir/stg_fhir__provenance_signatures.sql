with

resources as (
    select *
    from {{ newest_fhir(
        raw('fhir_resources'), 'Provenance'
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
        {{ reference_text('target', '$', 'DocumentReference') }}
            as target_text,
        {{ json_text('signature', '$.type[0].code') }} as signature_type_code,
        {{ reference_text('signature', '$.who', 'Practitioner') }}
            as signer_text,
        {{ json_text('signature', '$.when') }} as signed_at_text
    from signed_targets
),

renamed as (
    select
        _data_source as data_source,
        resource_id as provenance_id,
        {{ reference_type('target_text') }} as target_type,
        {{ reference_id('target_text') }} as target_id,
        {{ reference_key('target_text') }} as target_reference,
        {{ reference_id('signer_text') }} as signer_id,
        {{ reference_key('signer_text') }} as signer_reference,
        signature_type_code,
        {{ to_utc('signed_at_text') }} as signed_at,
        {{ time_precision('signed_at_text') }} as signed_at_precision,
        {{ to_utc('last_updated') }} as updated_at,
        {{ lineage() }}
    from extracted
    where signed_at_text is not null
)

select * from renamed
