with

waits as (
    select * from {{ ref('fct_encounter_waits') }}
    where blocker_code is not null
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

blockers as (
    select * from {{ ref('dim_blockers') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

windows as (
    select
        clock.as_of,
        {{ add_seconds('clock.as_of', '-86400 * thresholds.value') }} as since
    from {{ ref('thresholds') }} as thresholds
    cross join clock
    where thresholds.threshold = 'bottleneck_days'
),

within as (
    select
        waits.encounter_key,
        waits.owner_role,
        waits.blocker_code,
        encounters.expected_amount,
        {{ seconds_between(
            'greatest(waits.started_at, windows.since)',
            'least(waits.ended_at, windows.as_of)'
        ) }} / 86400.0 as waiting_days
    from waits
    cross join windows
    inner join encounters
        on waits.encounter_key = encounters.encounter_key
    where
        waits.ended_at > windows.since
        and waits.started_at < windows.as_of
),

population as (
    select count(distinct encounter_key) as population_count from within
),

by_encounter as (
    select
        owner_role,
        blocker_code,
        encounter_key,
        sum(waiting_days) as waiting_days,
        sum(expected_amount * waiting_days) as money_days
    from within
    group by 1, 2, 3
),

summed as (
    select
        owner_role,
        blocker_code,
        count(*) as encounter_count,
        count(*) filter (where money_days is null) as without_expected_count,
        sum(waiting_days) as waiting_days,
        coalesce(sum(money_days), 0) as money_days,
        coalesce(sum(money_days * money_days), 0) as squared_money_days
    from by_encounter
    group by 1, 2
),

varied as (
    select
        summed.*,
        1.959964 * sqrt(greatest(
            summed.squared_money_days
            - summed.money_days * summed.money_days
            / population.population_count,
            0
        )) as reach
    from summed
    cross join population
),

ranked as (
    select
        varied.owner_role,
        varied.blocker_code,
        blockers.blocker_label,
        blockers.stage,
        cast(varied.encounter_count as bigint) as encounter_count,
        cast(varied.without_expected_count as bigint)
            as without_expected_count,
        cast(varied.waiting_days as decimal(18, 2)) as waiting_days,
        cast(varied.money_days as decimal(18, 2)) as money_days,
        cast(greatest(varied.money_days - varied.reach, 0) as decimal(18, 2))
            as money_days_low,
        cast(varied.money_days + varied.reach as decimal(18, 2))
            as money_days_high,
        cast(
            varied.money_days
            / nullif(sum(varied.money_days) over (), 0) as decimal(18, 4)
        ) as money_days_share,
        rank() over (
            order by varied.money_days desc
        ) as money_days_rank,
        windows.since as counted_since,
        windows.as_of
    from varied
    cross join windows
    left join blockers
        on varied.blocker_code = blockers.blocker_code
)

select * from ranked
