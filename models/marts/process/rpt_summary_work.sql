{# Figure, where it is read, value, bounds, comparison #}
{% set figures = [
    ("'open_visits'", 'opened', 'open_count', 'null', 'null',
     'open_week_ago_count'),
    ("'unknown_share'", 'opened', '1.0 * unknown_count / all_count', 'null',
     'null', 'null'),
    ("'care_to_paid'", 'lags', 'median_hours / 24', 'median_low_hours / 24',
     'median_high_hours / 24', 'null'),
    ('series', 'weeks', 'share', 'null', 'null', 'share_before'),
    ("'hand_offs'", 'flow', 'hand_offs_per_visit', 'hand_offs_per_visit_low',
     'hand_offs_per_visit_high', 'null'),
    ("'rework'", 'rework', 'rework_share', 'rework_low_share',
     'rework_high_share', 'null'),
    ("'month_end'", 'month_end', 'projected_amount', 'low_95_amount',
     'high_95_amount', 'charged_amount'),
    ("'feeds_late'", 'feeds', 'late_count', 'null', 'null', 'judged_count'),
] %}

with

stages as (
    select * from {{ ref('rpt_stage_counts') }}
),

stage_days as (
    select * from {{ ref('fct_stage_days') }}
),

weeks as (
    select * from {{ ref('rpt_summary_weeks') }}
),

lags as (
    select * from {{ ref('rpt_lags') }}
    where lag = 'care_to_paid' and dimension = 'all' and cohort = 'all'
),

flow as (
    select * from {{ ref('rpt_flow') }}
    where scope = 'organisation'
),

rework as (
    select * from {{ ref('rpt_rework') }}
    where scope = 'organisation' and rework_kind = 'any'
),

freshness as (
    select * from {{ ref('rpt_feed_freshness') }}
),

month_end as (
    select * from {{ ref('rpt_month_end') }}
    where
        month_start_date = cast(date_trunc('month', as_of) as date)
        and projected_amount is not null
),

week_ago as (
    select
        stages.stage,
        sum(stage_days.open_at_end_count) as open_count
    from stages
    inner join stage_days
        on
            stages.stage = stage_days.stage
            and stage_days.date_day
            = cast(stages.as_of - interval '7' day as date)
    group by 1
),

opened as (
    select
        sum(stages.encounter_count) filter (where stages.is_open)
            as open_count,
        sum(week_ago.open_count) filter (where stages.is_open)
            as open_week_ago_count,
        sum(stages.encounter_count) filter (where stages.stage = 'unknown')
            as unknown_count,
        nullif(sum(stages.encounter_count), 0) as all_count
    from stages
    left join week_ago
        on stages.stage = week_ago.stage
),

feeds as (
    select
        count(*) filter (where freshness = 'late') as late_count,
        count(*) as judged_count
    from freshness
    where freshness <> 'unknown'
    having count(*) > 0
),

figures as (
    {% for code, rows, value, low, high, comparison in figures %}
    select
        {{ code }} as figure_code,
        cast({{ value }} as decimal(18, 4)) as value,
        cast({{ low }} as decimal(18, 4)) as low,
        cast({{ high }} as decimal(18, 4)) as high,
        cast({{ comparison }} as decimal(18, 4)) as comparison
    from {{ rows }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from figures
