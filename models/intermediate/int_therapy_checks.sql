with

scopes as (
    select * from {{ ref('int_requirement_scopes') }}
),

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

documents as (
    select * from {{ ref('int_document_states') }}
    where is_current and is_signed
),

deliveries as (
    select * from {{ ref('int_document_kind_deliveries') }}
),

limits as (
    select * from {{ ref('therapy_limits') }}
),

treatments as (
    select
        scopes.encounter_key,
        scopes.data_source,
        scopes.requirement_id,
        limits.document_kind,
        limits.within_days,
        limits.within_treatments,
        limits.counted_from,
        encounters.patient_key,
        encounters.service_date,
        encounters.is_documents_covered,
        row_number() over course as treatment_number,
        first_value(encounters.service_date) over course as first_date
    from scopes
    inner join limits
        on scopes.rule = limits.rule
    inner join encounters
        on scopes.encounter_key = encounters.encounter_key
    where encounters.patient_key is not null
    window course as (
        partition by scopes.requirement_id, encounters.patient_key
        order by encounters.service_date asc, scopes.encounter_key asc
    )
),

windows as (
    select
        treatments.*,
        case
            when treatments.within_treatments is not null
                then earlier.service_date
            when treatments.counted_from = 'each_treatment'
                then treatments.service_date - treatments.within_days
        end as first_day,
        case treatments.counted_from
            when 'first_treatment'
                then treatments.first_date + treatments.within_days
            else treatments.service_date
        end as last_day
    from treatments
    left join treatments as earlier
        on
            treatments.requirement_id = earlier.requirement_id
            and treatments.patient_key = earlier.patient_key
            and treatments.treatment_number - treatments.within_treatments + 1
            = earlier.treatment_number
    where
        treatments.counted_from = 'first_treatment'
        or treatments.treatment_number >= treatments.within_treatments
        or treatments.service_date
        > treatments.first_date + treatments.within_days
),

patient_documents as (
    select
        encounters.patient_key,
        documents.document_kind,
        cast(
            coalesce(documents.author_signed_at, documents.created_at) as date
        ) as document_date
    from documents
    inner join encounters
        on documents.encounter_key = encounters.encounter_key
),

proofs as (
    select
        windows.encounter_key,
        windows.requirement_id,
        count(patient_documents.document_date) as proof_count
    from windows
    left join patient_documents
        on
            windows.patient_key = patient_documents.patient_key
            and windows.document_kind = patient_documents.document_kind
            and windows.last_day >= patient_documents.document_date
            and (
                windows.first_day is null
                or windows.first_day <= patient_documents.document_date
            )
    group by 1, 2
),

judged as (
    select
        windows.encounter_key,
        windows.requirement_id,
        case
            when proofs.proof_count > 0 then 'met'
            when windows.is_documents_covered then 'not_met'
            else 'unknown'
        end as result,
        replace(windows.document_kind, '_', ' ') as missing_item,
        'treatment ' || cast(windows.treatment_number as varchar)
        || ', documents ' || cast(proofs.proof_count as varchar) as evidence,
        case
            when proofs.proof_count = 0
                then cast(windows.last_day + 1 as timestamp)
        end as due_at
    from windows
    inner join proofs
        on
            windows.encounter_key = proofs.encounter_key
            and windows.requirement_id = proofs.requirement_id
    inner join deliveries
        on
            windows.data_source = deliveries.data_source
            and windows.document_kind = deliveries.document_kind
    where windows.last_day is not null
)

select * from judged
