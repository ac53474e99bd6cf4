with

resources as (
    select * from {{ newest_fhir(source('raw', 'fhir_resources'), 'Claim') }}
),

claim_items as (
    select * from resources
    {{ unnest_json('resource', '$.item', 'claim_item') }}
),

item_encounters as (
    select
        *,
        {{ json_text('encounter', '$.reference') }} as encounter_reference
    from claim_items
    {{ unnest_json('claim_item', '$.encounter', 'encounter') }}
),

grouped as (
    select
        _data_source as data_source,
        resource_id as claim_id,
        {{ reference_id('encounter_reference') }} as encounter_id,
        count(*) as item_count,
        max(_loaded_at) as loaded_at
    from item_encounters
    group by 1, 2, 3
)

select * from grouped
