with

fhir_charges as (
    select * from {{ ref('int_fhir_charges') }}
),

hl7v2_charges as (
    select * from {{ ref('int_hl7v2_charges') }}
),

csv_charges as (
    select * from {{ ref('stg_csv__charges') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

from_fhir as (
    select
        fhir_charges.data_source,
        fhir_charges.charge_id,
        fhir_charges.encounter_id,
        fhir_charges.code,
        cast(null as varchar) as modifiers,
        fhir_charges.units,
        fhir_charges.amount,
        fhir_charges.service_at,
        fhir_charges.entered_at,
        fhir_charges.entered_at_precision,
        'fhir_charge_entered' as first_entry_evidence,
        'fhir_charge_last' as last_entry_evidence,
        status_map.canonical_status as charge_status,
        cast(null as varchar) as component,
        fhir_charges.source_file_id,
        fhir_charges.source_position,
        coalesce(fhir_charges.updated_at, fhir_charges.loaded_at)
            as recorded_at,
        fhir_charges.loaded_at
    from fhir_charges
    left join status_maps as status_map
        on
            fhir_charges.status = status_map.source_status
            and status_map.code_system = 'fhir_charge_status'
),

from_csv as (
    select
        csv_charges.data_source,
        csv_charges.charge_id,
        csv_charges.encounter_id,
        csv_charges.code,
        csv_charges.modifiers,
        csv_charges.units,
        csv_charges.amount,
        csv_charges.service_at,
        csv_charges.entered_at,
        csv_charges.entered_at_precision,
        'csv_charge_entered' as first_entry_evidence,
        'csv_charge_last' as last_entry_evidence,
        case
            when csv_charges.status is null then 'billable'
            else status_map.canonical_status
        end as charge_status,
        csv_charges.component,
        csv_charges.source_file_id,
        csv_charges.source_position,
        coalesce(csv_charges.updated_at, csv_charges.loaded_at) as recorded_at,
        csv_charges.loaded_at
    from csv_charges
    left join status_maps as status_map
        on
            csv_charges.status = status_map.source_status
            and status_map.code_system = 'csv_charge_status'
),

all_sources as (
    select * from from_fhir
    union all
    select * from hl7v2_charges
    union all
    select * from from_csv
),

keyed as (
    select
        {{ surviving_encounter_key('all_sources') }} as encounter_key,
        all_sources.*,
        coalesce(all_sources.charge_status in ('billable', 'billed'), false)
            as is_charged
    from all_sources
    left join merged_encounters
        on
            all_sources.data_source = merged_encounters.data_source
            and all_sources.encounter_id = merged_encounters.encounter_id
)

select * from keyed
