{{ config(meta={'dagster': {'ref': {'name': 'fct_stage_days'}}}) }}

-- What has come to a stage and not left it is there now: counts and money of
-- the last day are those of rpt_stage_counts.
with

stage_days as (
    select * from {{ ref('fct_stage_days') }}
),

stage_counts as (
    select * from {{ ref('rpt_stage_counts') }}
    where is_open or stage = 'unknown'
),

broken_days as (
    select
        stage,
        open_at_end_count as counted,
        open_at_start_count + arrival_count - departure_count as total
    from stage_days
    where
        open_at_end_count
        <> open_at_start_count + arrival_count - departure_count
        or open_at_end_count < 0
),

followed as (
    select
        *,
        lead(date_day) over (
            partition by facility_key, stage
            order by date_day
        ) as day_after
    from stage_days
),

last_days as (
    select
        stage,
        sum(open_at_end_count) as counted,
        sum(expected_amount) as expected_amount
    from followed
    where day_after is null
    group by 1
),

wrong_ends as (
    select
        stage_counts.stage,
        coalesce(last_days.counted, 0) as counted,
        stage_counts.encounter_count as total
    from stage_counts
    left join last_days
        on stage_counts.stage = last_days.stage
    where
        coalesce(last_days.counted, 0) <> stage_counts.encounter_count
        or coalesce(last_days.expected_amount, 0)
        <> coalesce(stage_counts.expected_amount, 0)
),

differences as (
    select * from broken_days
    union all
    select * from wrong_ends
)

select * from differences
