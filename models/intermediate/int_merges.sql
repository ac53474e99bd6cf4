with

hl7v2_merges as (
    select * from {{ ref('int_hl7v2_merges') }}
),

patient_links as (
    select * from {{ ref('stg_fhir__patient_links') }}
),

fhir_references as (
    select * from {{ ref('int_fhir_references') }}
),

resolved_links as (
    select
        patient_links.*,
        {{ resolved_id('patients', 'patient_links.other_patient_id') }}
            as resolved_patient_id
    from patient_links
    left join fhir_references as patients
        on
            patient_links.data_source = patients.data_source
            and patient_links.other_patient_reference = patients.reference
            and patients.resource_type = 'Patient'
),

linked as (
    select
        data_source,
        'patient' as entity,
        'replaces' as effect,
        case link_type
            when 'replaced-by' then patient_id
            else resolved_patient_id
        end as prior_id,
        case link_type
            when 'replaced-by' then resolved_patient_id
            else patient_id
        end as surviving_id,
        cast(null as varchar) as patient_id,
        updated_at as effective_at,
        updated_at as recorded_at,
        source_file_id,
        source_position,
        loaded_at
    from resolved_links
),

all_merges as (
    select * from hl7v2_merges
    union all
    select * from linked
),

ordered as (
    select
        *,
        row_number() over (
            partition by data_source
            order by
                recorded_at asc nulls first,
                effective_at asc nulls first,
                source_file_id asc,
                source_position asc,
                prior_id asc,
                entity asc,
                effect asc
        ) as merge_rank
    from all_merges
    where
        prior_id is not null
        and surviving_id is not null
        and (effect = 'moves' or prior_id <> surviving_id)
)

select * from ordered
