with

blockers as (
    select * from {{ ref('blockers') }}
),

selected as (
    select
        blocker_code,
        label as blocker_label,
        stage,
        reason,
        owner_role,
        next_action,
        is_delay
    from blockers
)

select * from selected
