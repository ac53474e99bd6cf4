with

requirements as (
    select * from {{ ref('documentation_requirements') }}
),

selected as (
    select
        requirement_id,
        visit_type,
        payer_scope,
        requirement,
        severity,
        effective_from,
        effective_to,
        is_enabled,
        coalesce(is_enabled and rule is not null, false) as is_evaluated
    from requirements
)

select * from selected
