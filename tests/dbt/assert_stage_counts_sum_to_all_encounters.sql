{{ config(meta={'dagster': {'ref': {'name': 'rpt_stage_counts'}}}) }}

-- Every encounter is in exactly one stage, so the counts sum to the total.
with

stage_counts as (
    select coalesce(sum(encounter_count), 0) as counted
    from {{ ref('rpt_stage_counts') }}
),

encounters as (
    select count(*) as total
    from {{ ref('fct_encounters') }}
),

differences as (
    select
        stage_counts.counted,
        encounters.total
    from stage_counts
    cross join encounters
    where stage_counts.counted <> encounters.total
)

select * from differences
