with

visit_lengths as (
    select * from {{ ref('int_visit_lengths') }}
),

thresholds as (
    select * from {{ ref('thresholds') }}
),

ranked_lengths as (
    select
        data_source,
        visit_type,
        length_seconds,
        cume_dist() over (
            partition by data_source, visit_type
            order by length_seconds
        ) as share_up_to_here
    from visit_lengths
),

usual_lengths as (
    select
        ranked_lengths.data_source,
        ranked_lengths.visit_type,
        count(*) as visit_count,
        min(ranked_lengths.length_seconds) filter (
            where ranked_lengths.share_up_to_here >= quantile.value
        ) as longest_usual_seconds
    from ranked_lengths
    inner join thresholds as quantile
        on quantile.threshold = 'visit_length_quantile'
    group by 1, 2
),

reliable as (
    select
        usual_lengths.data_source,
        usual_lengths.visit_type,
        {{ whole_hours_up('usual_lengths.longest_usual_seconds') }}
            as longest_usual_hours
    from usual_lengths
    inner join thresholds as minimum
        on
            minimum.threshold = 'visit_length_min_count'
            and usual_lengths.visit_count >= minimum.value
)

select * from reliable
