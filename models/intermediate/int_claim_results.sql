with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

requirements as (
    select * from {{ ref('documentation_requirements') }}
),

completions as (
    select * from {{ ref('int_documentation_completions') }}
    where completion_number = 1
),

signature_results as (
    select * from {{ ref('int_signature_results') }}
    where rule = 'author_signature'
),

untimed as (
    select encounter_key
    from {{ ref('int_document_states') }}
    where is_visit_note and is_current and is_seen_by_status
    group by 1
),

claims as (
    select * from {{ ref('int_claims') }}
    where frequency_code = '1'
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

submissions as (
    select
        encounter_claims.encounter_key,
        min(
            case claims.submitted_at_precision
                when 'day' then claims.submitted_at + interval '1' day
                else claims.submitted_at
            end
        ) as submitted_at
    from encounter_claims
    inner join claims
        on encounter_claims.claim_key = claims.claim_key
    where claims.submitted_at is not null
    group by 1
),

diagnoses as (
    select
        encounter_claims.encounter_key,
        count(*) as claim_count,
        sum(claims.undiagnosed_line_count) as line_count
    from encounter_claims
    inner join claims
        on encounter_claims.claim_key = claims.claim_key
    where claims.undiagnosed_line_count is not null
    group by 1
),

sent_before as (
    select
        encounters.encounter_key,
        submissions.submitted_at,
        completions.completed_at,
        case
            when completions.completed_at <= submissions.submitted_at
                then 'met'
            when signature_results.result = 'not_met' then 'not_met'
            when untimed.encounter_key is not null then 'unknown'
            when completions.completed_at is not null then 'not_met'
            else 'unknown'
        end as result
    from encounters
    inner join requirements
        on
            requirements.rule = 'complete_before_claim'
            and encounters.payer_type = requirements.payer_scope
    inner join submissions
        on encounters.encounter_key = submissions.encounter_key
    left join completions
        on encounters.encounter_key = completions.encounter_key
    left join untimed
        on encounters.encounter_key = untimed.encounter_key
    left join signature_results
        on encounters.encounter_key = signature_results.encounter_key
),

all_rules as (
    select
        encounter_key,
        'complete_before_claim' as rule,
        result,
        'complete before claim' as missing_item,
        'complete ' || coalesce(cast(completed_at as varchar), 'not')
        || ', sent ' || cast(submitted_at as varchar) as evidence
    from sent_before
    union all
    select
        encounters.encounter_key,
        'diagnosis_present' as rule,
        case
            when diagnoses.line_count > 0 then 'not_met'
            else 'met'
        end as result,
        'diagnosis' as missing_item,
        'claims ' || cast(diagnoses.claim_count as varchar)
        || ', lines without ' || cast(diagnoses.line_count as varchar)
            as evidence
    from encounters
    inner join diagnoses
        on encounters.encounter_key = diagnoses.encounter_key
)

select * from all_rules
