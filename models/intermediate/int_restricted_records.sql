with

fhir_encounters as (
    select * from {{ ref('stg_fhir__encounters') }}
),

fhir_patients as (
    select * from {{ ref('stg_fhir__patients') }}
),

fhir_documents as (
    select * from {{ ref('stg_fhir__document_references') }}
),

compositions as (
    select * from {{ ref('stg_fhir__compositions') }}
),

composition_documents as (
    select * from {{ ref('int_fhir_composition_documents') }}
),

reports as (
    select * from {{ ref('stg_fhir__diagnostic_reports') }}
),

labels as (
    select * from {{ ref('security_labels') }}
    where is_restricted
),

labelled as (
    select
        data_source,
        'encounter' as entity,
        encounter_id as record_id,
        security_codes
    from fhir_encounters
    where security_codes is not null
    union all
    select
        data_source,
        'patient' as entity,
        patient_id as record_id,
        security_codes
    from fhir_patients
    where security_codes is not null
    union all
    select
        data_source,
        'document' as entity,
        document_id as record_id,
        security_codes
    from fhir_documents
    where security_codes is not null
    union all
    select
        compositions.data_source,
        'document' as entity,
        composition_documents.document_id as record_id,
        compositions.security_codes
    from compositions
    inner join composition_documents
        on
            compositions.data_source = composition_documents.data_source
            and compositions.composition_id
            = composition_documents.composition_id
    where compositions.security_codes is not null
    union all
    select
        data_source,
        'document' as entity,
        'DiagnosticReport/' || diagnostic_report_id as record_id,
        security_codes
    from reports
    where security_codes is not null
),

restricted as (
    select
        labelled.data_source,
        labelled.entity,
        labelled.record_id
    from labelled
    inner join labels
        on labelled.security_codes like '%,' || labels.code || ',%'
    group by 1, 2, 3
)

select * from restricted
