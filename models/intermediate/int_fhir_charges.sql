with

charge_items as (
    select * from {{ ref('stg_fhir__charge_items') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'Encounter'
),

resolved as (
    select
        charge_items.data_source,
        charge_items.charge_id,
        {{ resolved_id('fhir_references', 'charge_items.encounter_id') }}
            as encounter_id,
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
)

select * from resolved
