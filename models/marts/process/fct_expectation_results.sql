with

results as (
    select * from {{ check_log('results') }}
),

selected as (
    select
        run_id,
        checked_at,
        suite,
        asset,
        expectation,
        severity,
        owner as owner_role,
        runbook,
        evaluated_count,
        failed_count,
        is_met,
        outcome
    from results
)

select * from selected
