with

results as (
    select * from {{ ref('int_documentation_results') }}
),

deadlines as (
    select * from {{ ref('requirement_deadlines') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

selected as (
    select
        results.encounter_key,
        results.requirement_id,
        results.result,
        results.severity,
        results.missing_item,
        case deadlines.anchor
            when 'service_start' then encounters.service_start_at
            when 'service_end' then encounters.service_end_at
        end + deadlines.allowed_hours * interval '1' hour as due_at,
        case
            when encounters.is_restricted then 'restricted'
            else results.evidence
        end as evidence
    from results
    inner join encounters
        on results.encounter_key = encounters.encounter_key
    left join deadlines
        on results.requirement_id = deadlines.requirement_id
    where results.result <> 'not_applicable'
)

select * from selected
