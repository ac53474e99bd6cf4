with

figures as (
    select * from {{ ref('summary_figures') }}
),

definitions as (
    select * from {{ ref('metric_definitions') }}
),

work_figures as (
    select * from {{ ref('rpt_summary_work') }}
),

money_figures as (
    select * from {{ ref('rpt_summary_money') }}
),

signals as (
    select * from {{ ref('rpt_summary_signals') }}
),

watched as (
    select figure_code
    from {{ ref('summary_series') }}
    group by 1
),

facilities as (
    select * from {{ ref('dim_facilities') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

measured as (
    select
        figure_code,
        cast(null as varchar) as owner_role,
        cast(null as varchar) as detail,
        value,
        low,
        high,
        comparison,
        cast(null as boolean) as is_clear
    from work_figures
    union all
    select
        figure_code,
        owner_role,
        detail,
        value,
        low,
        high,
        comparison,
        is_clear
    from money_figures
),

judged as (
    select
        figures.figure_code,
        figures.figure_order,
        measured.owner_role,
        figures.label,
        measured.detail,
        measured.value,
        figures.unit,
        measured.low,
        measured.high,
        measured.comparison,
        figures.comparison_label,
        case
            when measured.value is null then 'not known'
            when signals.worse_count + signals.better_count > 0 then 'signal'
            when signals.judged_count > 0 then 'noise'
            when measured.is_clear then 'signal'
            when not measured.is_clear then 'noise'
            when watched.figure_code is not null then 'too little history'
            else 'not watched'
        end as verdict,
        case
            when measured.value is null then null
            when signals.worse_count > 0 then 'worse'
            when signals.better_count > 0 then 'better'
        end as change,
        coalesce(signals.judged_count, 0) as judged_count,
        coalesce(signals.worse_count, 0) as worse_count,
        coalesce(signals.better_count, 0) as better_count,
        signals.line_series,
        signals.line_facility_key,
        facilities.facility_name as line_facility_name,
        figures.metric_code,
        definitions.label as metric_label,
        definitions.formula,
        definitions.population,
        definitions.censoring_rule,
        definitions.source_model,
        clock.as_of
    from figures
    cross join clock
    left join definitions
        on figures.metric_code = definitions.metric_code
    left join measured
        on figures.figure_code = measured.figure_code
    left join signals
        on
            figures.figure_code = signals.figure_code
            and measured.owner_role is null
    left join watched
        on
            figures.figure_code = watched.figure_code
            and measured.owner_role is null
    left join facilities
        on signals.line_facility_key = facilities.facility_key
)

select * from judged
