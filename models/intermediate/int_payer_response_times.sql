with

waits as (
    select * from {{ ref('int_payer_waits') }}
),

limits as (
    select * from {{ ref('int_claim_limits') }}
),

answered as (
    select
        data_source,
        payer_id,
        {{ seconds_between('started_at', 'ended_at') }} as response_seconds
    from waits
    where is_answered and payer_id is not null and ended_at > started_at
),

response_times as (
    select
        data_source,
        payer_id,
        count(*) as response_count,
        {{ whole_days_up(
            'percentile_cont(0.95) within group (order by response_seconds)'
        ) }} as usual_response_days
    from answered
    group by 1, 2
),

reliable as (
    select response_times.*
    from response_times
    cross join limits
    where response_times.response_count >= limits.min_response_count
)

select * from reliable
