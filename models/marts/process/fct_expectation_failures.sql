with

failures as (
    select * from {{ check_log('failures') }}
),

selected as (
    select
        run_id,
        suite,
        expectation,
        record_key,
        file_id,
        position
    from failures
)

select * from selected
