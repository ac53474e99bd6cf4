with

fhir_coverages as (
    select * from {{ ref('stg_fhir__coverages') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
),

survivors as (
    select * from {{ ref('int_survivors') }}
    where entity = 'patient' and surviving_id is not null
),

csv_coverages as (
    select * from {{ ref('stg_csv__coverages') }}
),

from_fhir as (
    select
        fhir_coverages.data_source,
        fhir_coverages.coverage_id,
        {{ resolved_id('patients', 'fhir_coverages.patient_id') }}
            as patient_id,
        {{ resolved_id('payers', 'fhir_coverages.payer_id') }} as payer_id,
        cast(null as varchar) as member_id,
        fhir_coverages.status as coverage_status,
        fhir_coverages.coverage_order,
        fhir_coverages.starts_at,
        cast(null as varchar) as starts_at_precision,
        fhir_coverages.ends_at,
        cast(null as varchar) as ends_at_precision,
        fhir_coverages.source_file_id,
        fhir_coverages.source_position,
        coalesce(fhir_coverages.updated_at, fhir_coverages.loaded_at)
            as recorded_at,
        fhir_coverages.loaded_at
    from fhir_coverages
    left join fhir_references as patients
        on
            fhir_coverages.data_source = patients.data_source
            and fhir_coverages.patient_reference = patients.reference
            and patients.resource_type = 'Patient'
    left join fhir_references as payers
        on
            fhir_coverages.data_source = payers.data_source
            and fhir_coverages.payer_reference = payers.reference
            and payers.resource_type = 'Organization'
),

from_csv as (
    select
        data_source,
        coverage_id,
        patient_id,
        payer_id,
        member_id,
        cast(null as varchar) as coverage_status,
        cast(null as integer) as coverage_order,
        starts_at,
        starts_at_precision,
        ends_at,
        ends_at_precision,
        source_file_id,
        source_position,
        coalesce(updated_at, loaded_at) as recorded_at,
        loaded_at
    from csv_coverages
),

all_sources as (
    select * from from_fhir
    union all
    select * from from_csv
),

graded as (
    select
        all_sources.*,
        coalesce(survivors.surviving_id, all_sources.patient_id)
            as surviving_patient_id,
        {{ time_grade('all_sources.starts_at', 'A') }} as starts_at_grade,
        {{ time_grade('all_sources.ends_at', 'A') }} as ends_at_grade
    from all_sources
    left join survivors
        on
            all_sources.data_source = survivors.data_source
            and all_sources.patient_id = survivors.prior_id
)

select * from graded
