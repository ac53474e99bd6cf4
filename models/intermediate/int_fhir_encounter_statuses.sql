with

status_periods as (
    select * from {{ ref('stg_fhir__encounter_statuses') }}
),

histories as (
    select * from {{ ref('stg_fhir__encounter_histories') }}
    where status is distinct from 'entered-in-error'
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
    where resource_type = 'Encounter'
),

resolved_histories as (
    select
        histories.data_source,
        {{ resolved_id('fhir_references', 'histories.encounter_id') }}
            as encounter_id,
        histories.status,
        histories.subject_status_code,
        histories.started_at,
        histories.started_at_precision
    from histories
    left join fhir_references
        on
            histories.data_source = fhir_references.data_source
            and histories.encounter_reference = fhir_references.reference
),

all_statuses as (
    select
        data_source,
        encounter_id,
        period_status,
        started_at,
        started_at_precision
    from status_periods
    union all
    select
        data_source,
        encounter_id,
        case
            when status = 'discharged' then 'finished'
            else status
        end as period_status,
        started_at,
        started_at_precision
    from resolved_histories
    union all
    select
        data_source,
        encounter_id,
        subject_status_code as period_status,
        started_at,
        started_at_precision
    from resolved_histories
    where subject_status_code = 'arrived'
)

select * from all_statuses
