with

resources as (
    select * from {{ newest_fhir(raw('fhir_resources'), 'Claim') }}
),

claim_items as (
    select * from resources
    {{ unnest_json('resource', '$.item', 'claim_item') }}
),

item_encounters as (
    select
        _data_source,
        resource_id,
        _loaded_at,
        1 as item_count,
        {{ reference_text('encounter', '$', 'Encounter') }} as encounter_text
    from claim_items
    {{ unnest_json('claim_item', '$.encounter', 'encounter') }}
),

claim_encounters as (
    select
        _data_source,
        resource_id,
        _loaded_at,
        0 as item_count,
        {{ reference_text('encounter', '$', 'Encounter') }} as encounter_text
    from resources
    {{ unnest_json('resource', '$.encounter', 'encounter') }}
),

named_encounters as (
    select * from item_encounters
    union all
    select * from claim_encounters
),

grouped as (
    select
        _data_source as data_source,
        resource_id as claim_id,
        {{ reference_id('encounter_text', 'Encounter') }} as encounter_id,
        {{ reference_key('encounter_text') }} as encounter_reference,
        sum(item_count) as item_count,
        max(_loaded_at) as loaded_at
    from named_encounters
    group by 1, 2, 3, 4
)

select * from grouped
