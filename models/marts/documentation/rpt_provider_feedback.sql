with

providers as (
    select * from {{ ref('dim_providers') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
    where service_end_at is not null and provider_key is not null
),

waits as (
    select * from {{ ref('fct_encounter_waits') }}
    where owner_role = 'provider'
),

worklist as (
    select * from {{ ref('rpt_worklist') }}
    where owner_role = 'provider'
),

weeks as (
    select * from {{ ref('rpt_provider_weeks') }}
    where is_latest
),

elements as (
    select * from {{ ref('rpt_provider_elements') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

limits as (
    select
        max(value) filter (where threshold = 'pattern_days') as most_days,
        max(value) filter (where threshold = 'provider_min_visits')
            as min_visits
    from {{ ref('thresholds') }}
),

recent as (
    select encounters.*
    from encounters
    cross join clock
    cross join limits
    where
        {{ days_between(
            'encounters.service_date', 'cast(clock.as_of as date)'
        ) }} between 0 and limits.most_days
),

held as (
    select
        encounter_key,
        sum(wait_seconds) as held_seconds
    from waits
    group by 1
),

visits as (
    select
        recent.provider_key,
        count(*) as visit_count,
        coalesce(sum(held.held_seconds), 0) as held_seconds
    from recent
    left join held
        on recent.encounter_key = held.encounter_key
    group by 1
),

waiting as (
    select
        provider_key,
        count(*) as waiting_count,
        max(waiting_days) as longest_waiting_days,
        sum(expected_amount) as expected_amount
    from worklist
    group by 1
),

lacking as (
    select
        provider_key,
        cast(sum(missing_count) as bigint) as missing_count,
        cast(sum(denied_visit_count) as bigint) as denied_visit_count,
        min(case when missing_order = 1 then requirement end) as most_missing
    from elements
    group by 1
),

joined as (
    select
        providers.provider_key,
        providers.provider_name,
        coalesce(visits.visit_count, 0) as visit_count,
        coalesce(waiting.waiting_count, 0) as waiting_count,
        waiting.longest_waiting_days,
        cast(waiting.expected_amount as decimal(18, 2)) as waiting_amount,
        coalesce(lacking.missing_count, 0) as missing_count,
        lacking.most_missing,
        coalesce(lacking.denied_visit_count, 0) as denied_visit_count,
        coalesce(visits.visit_count, 0) < limits.min_visits as is_hidden,
        visits.held_seconds / 3600.0 / visits.visit_count as held_hours,
        weeks.week_start_date,
        weeks.in_time_share,
        weeks.lower_share,
        weeks.upper_share,
        weeks.trend,
        clock.as_of
    from providers
    cross join limits
    cross join clock
    left join visits
        on providers.provider_key = visits.provider_key
    left join waiting
        on providers.provider_key = waiting.provider_key
    left join lacking
        on providers.provider_key = lacking.provider_key
    left join weeks
        on providers.provider_key = weeks.provider_key
    where visits.visit_count > 0 or waiting.waiting_count > 0
),

shown as (
    select
        provider_key,
        provider_name,
        visit_count,
        waiting_count,
        longest_waiting_days,
        waiting_amount,
        missing_count,
        most_missing,
        denied_visit_count,
        cast(case when not is_hidden then held_hours end as decimal(18, 2))
            as held_hours,
        week_start_date,
        {% for share in ['in_time_share', 'lower_share', 'upper_share'] -%}
        case when not is_hidden then {{ share }} end as {{ share }},
        {% endfor -%}
        coalesce(case when not is_hidden then trend end, 'too few visits')
            as trend,
        as_of
    from joined
)

select * from shown
