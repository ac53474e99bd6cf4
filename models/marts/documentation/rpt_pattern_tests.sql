with

chances as (
    select * from {{ ref('rpt_pattern_chances') }}
),

ordered as (
    select
        *,
        count(*) over (partition by dimension) as test_count,
        count(*) over (
            partition by dimension
            order by chance
        ) as as_likely_count
    from chances
),

-- Benjamini and Hochberg, over all tests of a kind of group.
corrected as (
    select
        dimension,
        dimension_value,
        requirement_id,
        peer_judged_count,
        peer_missing_count,
        chance,
        least(min(chance * test_count / as_likely_count) over (
            partition by dimension
            order by chance desc
        ), 1) as false_share
    from ordered
)

select * from corrected
