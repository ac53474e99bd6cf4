with

resources as (
    select *
    from {{ newest_fhir(
        source('raw', 'fhir_resources'), 'ClaimResponse'
    ) }}
),

header_adjudications as (
    select
        _data_source,
        resource_id,
        _loaded_at,
        'claim' as adjudication_level,
        cast(null as varchar) as item_sequence_text,
        adjudication
    from resources
    {{ unnest_json('resource', '$.adjudication', 'adjudication') }}
),

claim_items as (
    select * from resources
    {{ unnest_json('resource', '$.item', 'claim_item') }}
),

item_adjudications as (
    select
        _data_source,
        resource_id,
        _loaded_at,
        'item' as adjudication_level,
        {{ json_text('claim_item', '$.itemSequence') }} as item_sequence_text,
        adjudication
    from claim_items
    {{ unnest_json('claim_item', '$.adjudication', 'adjudication') }}
),

total_adjudications as (
    select
        _data_source,
        resource_id,
        _loaded_at,
        'total' as adjudication_level,
        cast(null as varchar) as item_sequence_text,
        adjudication
    from resources
    {{ unnest_json('resource', '$.total', 'adjudication') }}
),

all_adjudications as (
    select * from header_adjudications
    union all
    select * from item_adjudications
    union all
    select * from total_adjudications
),

extracted as (
    select
        *,
        {{ json_text('adjudication', '$.category.coding[0].code') }}
            as category_code,
        {{ json_text('adjudication', '$.reason.coding[0].code') }}
            as reason_code,
        {{ json_text('adjudication', '$.amount.value') }} as amount_text
    from all_adjudications
),

renamed as (
    select
        _data_source as data_source,
        resource_id as claim_response_id,
        adjudication_level,
        {{ cast_or_null('item_sequence_text', 'integer') }} as item_sequence,
        category_code,
        reason_code,
        {{ money('amount_text') }} as amount,
        _loaded_at as loaded_at
    from extracted
)

select * from renamed
