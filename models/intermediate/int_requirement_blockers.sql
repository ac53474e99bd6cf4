with

results as (
    select * from {{ ref('int_documentation_results') }}
    where blocker_code is not null
),

requirements as (
    select * from {{ ref('documentation_requirements') }}
    where
        rule not in (
            'author_signature',
            'cosignature',
            'entitled_signature',
            'note_locked',
            'teaching_physician'
        )
),

document_results as (
    select * from {{ ref('int_required_document_results') }}
),

blockers as (
    select * from {{ ref('blockers') }}
    where stage = 'documentation'
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

unmet as (
    select
        results.encounter_key,
        results.blocker_code,
        milestones.service_end_at as started_at,
        case
            when results.result = 'met' then document_results.satisfied_at
        end as ended_at,
        results.requirement_id || ' ' || results.evidence as evidence
    from results
    inner join requirements
        on results.requirement_id = requirements.requirement_id
    inner join blockers
        on results.blocker_code = blockers.blocker_code
    inner join milestones
        on results.encounter_key = milestones.encounter_key
    left join document_results
        on
            results.encounter_key = document_results.encounter_key
            and results.requirement_id = document_results.requirement_id
    where
        results.result = 'not_met'
        or (
            results.result = 'met'
            and document_results.satisfied_at > milestones.service_end_at
        )
)

select * from unmet
