with

charge_items as (
    select * from {{ ref('stg_fhir__charge_items') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'Encounter'
),

account_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'Account'
),

account_encounters as (
    select * from {{ ref('int_fhir_account_encounters') }}
),

resolved as (
    select
        charge_items.data_source,
        charge_items.charge_id,
        case
            when charge_items.encounter_id is null
                then account_encounters.encounter_id
            else
                {{ resolved_id(
                    'fhir_references', 'charge_items.encounter_id'
                ) }}
        end as encounter_id,
        charge_items.code,
        charge_items.status,
        charge_items.units,
        charge_items.amount,
        charge_items.service_at,
        charge_items.entered_at,
        charge_items.entered_at_precision,
        charge_items.updated_at,
        charge_items.source_file_id,
        charge_items.source_position,
        charge_items.loaded_at
    from charge_items
    left join fhir_references
        on
            charge_items.data_source = fhir_references.data_source
            and charge_items.encounter_reference = fhir_references.reference
    left join account_references
        on
            charge_items.data_source = account_references.data_source
            and charge_items.account_reference = account_references.reference
    left join account_encounters
        on
            charge_items.data_source = account_encounters.data_source
            and {{ resolved_id(
                'account_references', 'charge_items.account_id'
            ) }} = account_encounters.account_id
)

select * from resolved
