with

encounters as (
    select * from {{ ref('int_encounters') }}
),

documents as (
    select * from {{ ref('int_documents') }}
),

coverage as (
    select * from {{ ref('int_encounter_coverage') }}
),

requirements as (
    select * from {{ ref('documentation_requirements') }}
),

document_states as (
    select
        *,
        coalesce(
            signed_at is not null or document_status in ('final', 'amended'),
            false
        ) as is_signed,
        coalesce(
            signed_at is null and document_status = 'preliminary', false
        ) as is_unsigned,
        coalesce(cosign_required, false) as needs_cosignature
    from documents
    where is_current
),

encounter_documents as (
    select
        encounter_key,
        count(*) as document_count,
        count(*) filter (where is_signed) as signed_count,
        count(*) filter (where is_unsigned) as unsigned_count,
        count(*) filter (
            where needs_cosignature and is_signed and cosigned_at is null
        ) as cosignature_missing_count,
        count(*) filter (
            where needs_cosignature and is_signed and cosigned_at is not null
        ) as cosignature_count
    from document_states
    group by 1
),

finished_encounters as (
    select
        encounters.encounter_key,
        cast(
            coalesce(
                encounters.ended_at,
                encounters.started_at,
                encounters.recorded_at
            ) as date
        ) as service_date,
        coverage.is_documents_covered,
        coalesce(encounter_documents.document_count, 0) as document_count,
        coalesce(encounter_documents.signed_count, 0) as signed_count,
        coalesce(encounter_documents.unsigned_count, 0) as unsigned_count,
        coalesce(encounter_documents.cosignature_missing_count, 0)
            as cosignature_missing_count,
        coalesce(encounter_documents.cosignature_count, 0) as cosignature_count
    from encounters
    inner join coverage
        on encounters.encounter_key = coverage.encounter_key
    left join encounter_documents
        on encounters.encounter_key = encounter_documents.encounter_key
    where encounters.encounter_status = 'finished'
),

author_signatures as (
    select
        encounter_key,
        service_date,
        'author_signature' as rule,
        case
            when unsigned_count > 0 then 'not_met'
            when signed_count > 0 then 'met'
            when document_count > 0 then 'unknown'
            when is_documents_covered then 'not_met'
            else 'unknown'
        end as result,
        case
            when unsigned_count > 0 then 'signature'
            when document_count = 0 then 'note'
        end as missing_item,
        'documents ' || cast(document_count as varchar)
        || ', signed ' || cast(signed_count as varchar)
        || ', unsigned ' || cast(unsigned_count as varchar) as evidence
    from finished_encounters
),

cosignatures as (
    select
        encounter_key,
        service_date,
        'cosignature' as rule,
        case
            when cosignature_missing_count > 0 then 'not_met'
            else 'met'
        end as result,
        case
            when cosignature_missing_count > 0 then 'cosignature'
        end as missing_item,
        'cosigned ' || cast(cosignature_count as varchar)
        || ', waiting ' || cast(cosignature_missing_count as varchar)
            as evidence
    from finished_encounters
    where cosignature_missing_count + cosignature_count > 0
),

all_rules as (
    select * from author_signatures
    union all
    select * from cosignatures
),

results as (
    select
        all_rules.encounter_key,
        requirements.requirement_id,
        all_rules.result,
        requirements.severity,
        case when all_rules.result = 'not_met' then all_rules.missing_item end
            as missing_item,
        all_rules.evidence
    from all_rules
    inner join requirements
        on
            all_rules.rule = requirements.rule
            and all_rules.service_date >= requirements.effective_from
            and (
                requirements.effective_to is null
                or all_rules.service_date <= requirements.effective_to
            )
    where requirements.is_enabled
)

select * from results
