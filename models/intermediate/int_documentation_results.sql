with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

signature_results as (
    select * from {{ ref('int_signature_results') }}
),

record_results as (
    select * from {{ ref('int_record_results') }}
),

claim_results as (
    select * from {{ ref('int_claim_results') }}
),

required_document_results as (
    select * from {{ ref('int_required_document_results') }}
),

note_day_results as (
    select * from {{ ref('int_note_day_results') }}
),

participation_results as (
    select * from {{ ref('int_participation_results') }}
),

therapy_results as (
    select * from {{ ref('int_therapy_results') }}
),

requirements as (
    select * from {{ ref('documentation_requirements') }}
    where is_enabled
),

by_rule as (
    select * from signature_results
    union all
    select * from record_results
    union all
    select * from claim_results
),

by_requirement as (
    select
        encounter_key,
        requirement_id,
        result,
        missing_item,
        evidence
    from required_document_results
    union all
    select * from note_day_results
    union all
    select * from participation_results
    union all
    select * from therapy_results
),

in_force as (
    select
        by_rule.encounter_key,
        requirements.requirement_id,
        by_rule.result,
        by_rule.missing_item,
        by_rule.evidence
    from by_rule
    inner join encounters
        on by_rule.encounter_key = encounters.encounter_key
    inner join requirements
        on
            by_rule.rule = requirements.rule
            and encounters.service_date >= requirements.effective_from
            and (
                requirements.effective_to is null
                or encounters.service_date <= requirements.effective_to
            )
            and (
                requirements.payer_scope = 'all'
                or encounters.payer_type = requirements.payer_scope
            )
    union all
    select * from by_requirement
),

made_up_for as (
    select
        in_force.encounter_key,
        requirements.alternative_group
    from in_force
    inner join requirements
        on in_force.requirement_id = requirements.requirement_id
    where
        in_force.result = 'met' and requirements.alternative_group is not null
    group by 1, 2
),

grouped as (
    select
        in_force.*,
        requirements.severity,
        requirements.blocker_code,
        requirements.holds_when_unknown,
        made_up_for.encounter_key is not null
        and in_force.result = 'not_met' as has_alternative
    from in_force
    inner join requirements
        on in_force.requirement_id = requirements.requirement_id
    left join made_up_for
        on
            in_force.encounter_key = made_up_for.encounter_key
            and requirements.alternative_group = made_up_for.alternative_group
),

results as (
    select
        encounter_key,
        requirement_id,
        case when has_alternative then 'met' else result end as result,
        severity,
        case
            when result = 'not_met' and not has_alternative then missing_item
        end as missing_item,
        case
            when has_alternative then evidence || ', made up for by another'
            else evidence
        end as evidence,
        blocker_code,
        holds_when_unknown
    from grouped
)

select * from results
