with

fhir_encounters as (
    select * from {{ ref('int_fhir_encounters') }}
),

hl7v2_encounters as (
    select * from {{ ref('int_hl7v2_encounters') }}
),

csv_encounters as (
    select * from {{ ref('stg_csv__encounters') }}
),

survivors as (
    select * from {{ ref('int_survivors') }}
    where entity = 'patient' and surviving_id is not null
),

visit_survivors as (
    select * from {{ ref('int_visit_survivors') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

visit_types as (
    select * from {{ ref('visit_types') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

from_csv as (
    select
        csv_encounters.data_source,
        csv_encounters.encounter_id,
        cast(null as varchar) as encounter_identifier,
        csv_encounters.patient_id,
        csv_encounters.provider_npi,
        csv_encounters.facility_id,
        csv_encounters.payer_id,
        csv_encounters.visit_type as visit_type_code,
        csv_encounters.encounter_class,
        status_map.canonical_status as encounter_status,
        csv_encounters.scheduled_for,
        csv_encounters.scheduled_for_precision,
        'csv_encounter_scheduled' as scheduled_for_evidence,
        csv_encounters.arrived_at,
        csv_encounters.arrived_at_precision,
        'csv_encounter_arrived' as arrived_at_evidence,
        csv_encounters.started_at,
        csv_encounters.started_at_precision,
        'csv_encounter_started' as started_at_evidence,
        csv_encounters.ended_at,
        csv_encounters.ended_at_precision,
        'csv_encounter_ended' as ended_at_evidence,
        csv_encounters.source_file_id,
        csv_encounters.source_position,
        coalesce(csv_encounters.updated_at, csv_encounters.loaded_at)
            as recorded_at,
        csv_encounters.loaded_at
    from csv_encounters
    left join status_maps as status_map
        on
            csv_encounters.status = status_map.source_status
            and status_map.code_system = 'csv_encounter_status'
),

all_sources as (
    select * from fhir_encounters
    union all
    select * from hl7v2_encounters
    union all
    select * from from_csv
),

merged as (
    select
        visit_survivors.data_source,
        visit_survivors.encounter_id,
        visit_survivors.surviving_encounter_id
    from visit_survivors
    inner join all_sources
        on
            visit_survivors.data_source = all_sources.data_source
            and visit_survivors.surviving_encounter_id
            = all_sources.encounter_id
    where
        not visit_survivors.is_by_account
        or all_sources.encounter_identifier is null
),

identified as (
    select
        all_sources.*,
        coalesce(survivors.surviving_id, all_sources.patient_id)
            as surviving_patient_id,
        merged.surviving_encounter_id as merged_into_encounter_id
    from all_sources
    left join survivors
        on
            all_sources.data_source = survivors.data_source
            and all_sources.patient_id = survivors.prior_id
    left join merged
        on
            all_sources.data_source = merged.data_source
            and all_sources.encounter_id = merged.encounter_id
),

keyed as (
    select
        {{ surrogate_key(
            ['identified.data_source', 'identified.encounter_id']
        ) }} as encounter_key,
        {{ foreign_key([
            'clock.hash_key',
            'identified.data_source',
            'identified.surviving_patient_id',
        ]) }} as patient_key,
        {{ foreign_key(
            ['identified.data_source', 'identified.provider_npi']
        ) }} as provider_key,
        {{ foreign_key(
            ['identified.data_source', 'identified.facility_id']
        ) }} as facility_key,
        {{ foreign_key(['identified.data_source', 'identified.payer_id']) }}
            as payer_key,
        coalesce(
            visit_types.visit_type, class_visit_types.canonical_status, 'other'
        ) as visit_type,
        {{ foreign_key([
            'identified.data_source', 'identified.merged_into_encounter_id'
        ]) }} as merged_into_encounter_key,
        identified.*
    from identified
    cross join clock
    left join visit_types
        on identified.visit_type_code = visit_types.visit_type
    left join status_maps as class_visit_types
        on
            identified.encounter_class = class_visit_types.source_status
            and class_visit_types.code_system = 'visit_type_of_class'
)

select * from keyed
