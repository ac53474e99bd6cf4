with

lags as (
    select * from {{ ref('fct_encounter_lags') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

providers as (
    select * from {{ ref('dim_providers') }}
),

lag_groupings as (
    select * from {{ ref('lag_groupings') }}
),

grouped as (
    select
        lags.lag,
        lag_groupings.lag_grouping,
        case lag_groupings.dimension
            when 'all' then 'all'
            when 'facility' then coalesce(encounters.facility_key, 'unknown')
            when 'specialty' then coalesce(providers.specialty, 'unknown')
            when 'visit_type' then encounters.visit_type
            when 'payer' then coalesce(encounters.payer_key, 'unknown')
            when 'provider' then coalesce(encounters.provider_key, 'unknown')
        end as dimension_value,
        case
            when not lag_groupings.is_by_cohort then 'all'
            when encounters.service_date is null then 'unknown'
            else substring(cast(encounters.service_date as varchar), 1, 7)
        end as cohort,
        lags.outcome,
        {{ minutes_on_grid('lags.entered_minutes', 'floor') }}
            as entered_minutes,
        {{ minutes_on_grid('lags.waited_minutes', 'ceil') }} as waited_minutes,
        lags.is_wide
    from lags
    inner join encounters
        on lags.encounter_key = encounters.encounter_key
    left join providers
        on encounters.provider_key = providers.provider_key
    cross join lag_groupings
),

moves as (
    select
        lag,
        lag_grouping,
        dimension_value,
        cohort,
        case when outcome = 'not_known' then 0 else waited_minutes end
            as minutes,
        case when outcome = 'event' then 1 else 0 end as events,
        case when outcome = 'exit' then 1 else 0 end as exits,
        case when outcome = 'open' then 1 else 0 end as opens,
        case when outcome = 'not_known' then 1 else 0 end as unknowns,
        case when is_wide and outcome = 'event' then 1 else 0 end as wides,
        case
            when outcome <> 'not_known' and entered_minutes is null then 1
            else 0
        end as begun,
        0 as entered
    from grouped
    union all
    select
        lag,
        lag_grouping,
        dimension_value,
        cohort,
        entered_minutes as minutes,
        0 as events,
        0 as exits,
        0 as opens,
        0 as unknowns,
        0 as wides,
        0 as begun,
        1 as entered
    from grouped
    where outcome <> 'not_known' and entered_minutes is not null
),

steps as (
    select
        lag,
        lag_grouping,
        dimension_value,
        cohort,
        minutes,
        cast(sum(events) as bigint) as event_count,
        cast(sum(exits) as bigint) as exit_count,
        cast(sum(opens) as bigint) as open_count,
        cast(sum(unknowns) as bigint) as unknown_count,
        cast(sum(wides) as bigint) as wide_count,
        cast(sum(begun) as bigint) as begun_count,
        cast(sum(entered) as bigint) as entered_count
    from moves
    group by 1, 2, 3, 4, 5
)

select * from steps
