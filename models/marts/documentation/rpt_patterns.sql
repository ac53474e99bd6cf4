with

counts as (
    select * from {{ ref('rpt_pattern_counts') }}
),

dimensions as (
    select * from {{ ref('pattern_dimensions') }}
),

requirements as (
    select * from {{ ref('dim_requirements') }}
    where is_enabled
),

tests as (
    select * from {{ ref('rpt_pattern_tests') }}
),

names as (
    select * from {{ ref('rpt_group_names') }}
),

limits as (
    select
        max(value) filter (where threshold = 'pattern_min_count') as min_count,
        max(value) filter (where threshold = 'pattern_min_missing')
            as min_missing,
        max(value) filter (where threshold = 'pattern_min_ratio') as min_ratio,
        max(value) filter (where threshold = 'pattern_max_false') as max_false
    from {{ ref('thresholds') }}
),

described as (
    select
        requirement_id,
        min(requirement) as requirement
    from requirements
    group by 1
),

compared as (
    select
        counts.requirement_id,
        described.requirement,
        counts.dimension,
        counts.dimension_value,
        coalesce(names.dimension_name, counts.dimension_value)
            as dimension_name,
        counts.judged_count,
        counts.missing_count,
        counts.unknown_count,
        tests.peer_judged_count,
        tests.peer_missing_count,
        tests.chance,
        tests.false_share,
        dimensions.hides_small_groups
        and counts.judged_count < limits.min_count as is_hidden,
        1.0 * counts.missing_count / nullif(counts.judged_count, 0)
            as missing_rate,
        1.0 * tests.peer_missing_count / nullif(tests.peer_judged_count, 0)
            as peer_rate,
        limits.min_missing,
        limits.min_ratio,
        limits.max_false
    from counts
    inner join dimensions
        on counts.dimension = dimensions.dimension
    cross join limits
    left join described
        on counts.requirement_id = described.requirement_id
    left join tests
        on
            counts.dimension = tests.dimension
            and counts.dimension_value = tests.dimension_value
            and counts.requirement_id = tests.requirement_id
    left join names
        on
            counts.dimension = names.dimension
            and counts.dimension_value = names.dimension_value
),

judged as (
    select
        *,
        case
            when chance is null then 'too few'
            when false_share > max_false then 'as peers'
            when missing_rate > peer_rate then 'more than peers'
            else 'fewer than peers'
        end as finding
    from compared
),

shown as (
    select
        requirement_id,
        requirement,
        dimension,
        dimension_value,
        dimension_name,
        case when not is_hidden then judged_count end as judged_count,
        case when not is_hidden then missing_count end as missing_count,
        case when not is_hidden then unknown_count end as unknown_count,
        cast(case when not is_hidden then missing_rate end as decimal(18, 4))
            as missing_rate,
        cast(peer_rate as decimal(18, 4)) as peer_rate,
        cast(chance as decimal(18, 12)) as chance,
        cast(false_share as decimal(18, 12)) as false_share,
        finding,
        coalesce(
            finding = 'more than peers'
            and missing_count >= min_missing
            and missing_rate >= min_ratio * peer_rate,
            false
        ) as is_training_trigger
    from judged
)

select * from shown
