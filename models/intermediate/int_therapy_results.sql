with

checks as (
    select * from {{ ref('int_therapy_checks') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

due as (
    select
        checks.encounter_key,
        checks.requirement_id,
        checks.result,
        checks.missing_item,
        checks.evidence
    from checks
    cross join clock
    where checks.due_at is null or checks.due_at <= clock.as_of
)

select * from due
