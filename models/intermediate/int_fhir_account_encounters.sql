with

fhir_encounters as (
    select * from {{ ref('stg_fhir__encounters') }}
    where account_id is not null or account_reference is not null
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'Account'
),

status_maps as (
    select * from {{ ref('status_maps') }}
    where code_system = 'fhir_encounter_status'
),

named as (
    select
        fhir_encounters.data_source,
        fhir_encounters.encounter_id,
        {{ resolved_id('fhir_references', 'fhir_encounters.account_id') }}
            as account_id
    from fhir_encounters
    left join fhir_references
        on
            fhir_encounters.data_source = fhir_references.data_source
            and fhir_encounters.account_reference = fhir_references.reference
    left join status_maps
        on fhir_encounters.status = status_maps.source_status
    where status_maps.canonical_status is distinct from 'entered-in-error'
),

sole as (
    select
        data_source,
        account_id,
        min(encounter_id) as encounter_id
    from named
    where account_id is not null
    group by 1, 2
    having count(*) = 1
)

select * from sole
