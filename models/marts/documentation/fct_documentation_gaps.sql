with

results as (
    select * from {{ ref('int_documentation_results') }}
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
        cast(null as timestamp) as due_at,
        results.evidence
    from results
    inner join encounters
        on results.encounter_key = encounters.encounter_key
)

select * from selected
