with

claim_encounters as (
    select * from {{ ref('stg_fhir__claim_encounters') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'Encounter'
),

named_encounters as (
    select
        claim_encounters.data_source,
        claim_encounters.claim_id,
        claim_encounters.item_count,
        claim_encounters.loaded_at,
        {{ resolved_id('fhir_references', 'claim_encounters.encounter_id') }}
            as encounter_id
    from claim_encounters
    left join fhir_references
        on
            claim_encounters.data_source = fhir_references.data_source
            and claim_encounters.encounter_reference
            = fhir_references.reference
),

resolved as (
    select
        data_source,
        claim_id,
        encounter_id,
        sum(item_count) as item_count,
        max(loaded_at) as loaded_at
    from named_encounters
    where encounter_id is not null
    group by 1, 2, 3
)

select * from resolved
