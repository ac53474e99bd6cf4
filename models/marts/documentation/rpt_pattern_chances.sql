with

counts as (
    select * from {{ ref('rpt_pattern_counts') }}
    where judged_count > 0
),

min_count as (
    select * from {{ ref('thresholds') }}
    where threshold = 'pattern_min_count'
),

totals as (
    select
        *,
        sum(judged_count) over everyone as all_judged_count,
        sum(missing_count) over everyone as all_missing_count
    from counts
    window everyone as (partition by dimension, requirement_id)
),

compared as (
    select
        totals.dimension,
        totals.dimension_value,
        totals.requirement_id,
        cast(totals.missing_count as bigint) as missing_count,
        cast(totals.all_judged_count - totals.judged_count as bigint)
            as peer_judged_count,
        cast(totals.all_missing_count - totals.missing_count as bigint)
            as peer_missing_count,
        cast(totals.judged_count as double precision) as group_size,
        cast(totals.all_missing_count as double precision) as all_missing,
        cast(
            totals.all_judged_count - totals.all_missing_count
            as double precision
        ) as all_met
    from totals
    cross join min_count
    where
        min_count.value <= totals.judged_count
        and min_count.value <= totals.all_judged_count - totals.judged_count
        and totals.all_missing_count > 0
        and totals.all_missing_count < totals.all_judged_count
),

-- What may be split between a group and its peers when nothing differs, and how
-- likely each split is (hypergeometric).
sized as (
    select
        *,
        all_missing + all_met - group_size as peer_size
    from compared
),

weighed as (
    select
        *,
        {{ ln_factorial('group_size') }} + {{ ln_factorial('peer_size') }}
        + {{ ln_factorial('all_missing') }} + {{ ln_factorial('all_met') }}
        - {{ ln_factorial('(group_size + peer_size)') }} as ln_weight,
        group_size * all_missing / (group_size + peer_size) as usual_count,
        -- Splits further away than this are never likely enough to count.
        30 + 12 * sqrt(
            group_size * all_missing * all_met
        ) / (group_size + peer_size) as reach
    from sized
),

splits as (
    select
        *,
        {{ each_number(
            'cast(greatest(
                all_missing - peer_size,
                least(usual_count, missing_count) - reach,
                0
            ) as bigint)',
            'cast(least(
                all_missing,
                group_size,
                greatest(usual_count, missing_count) + reach
            ) as bigint)'
        ) }} as split_count
    from weighed
),

placed as (
    select
        *,
        cast(split_count as double precision) as group_missing
    from splits
),

likely as (
    select
        *,
        exp(
            ln_weight
            - {{ ln_factorial('group_missing') }}
            - {{ ln_factorial('(all_missing - group_missing)') }}
            - {{ ln_factorial('(group_size - group_missing)') }}
            - {{ ln_factorial('(peer_size - all_missing + group_missing)') }}
        ) as likelihood
    from placed
),

observed as (
    select
        *,
        max(case when split_count = missing_count then likelihood end) over (
            partition by dimension, dimension_value, requirement_id
        ) as observed_likelihood
    from likely
),

chances as (
    select
        dimension,
        dimension_value,
        requirement_id,
        peer_judged_count,
        peer_missing_count,
        least(sum(likelihood) filter (
            where likelihood <= observed_likelihood * (1 + 1e-7)
        ), 1) as chance
    from observed
    group by 1, 2, 3, 4, 5
)

select * from chances
