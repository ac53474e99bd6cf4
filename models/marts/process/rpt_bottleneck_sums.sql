with

waits as (
    select * from {{ ref('fct_encounter_waits') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

settings as (
    select cast(value as bigint) * 86400 as window_seconds
    from {{ ref('thresholds') }}
    where threshold = 'flow_window_days'
),

clock as (
    select * from {{ ref('int_clock') }}
),

scopes as (
    select 'facility' as scope
    union all
    select 'organisation' as scope
),

recent as (
    select
        encounters.encounter_key,
        encounters.facility_key,
        encounters.expected_amount
    from encounters
    cross join settings
    cross join clock
    where
        {{ seconds_between('encounters.service_end_at', 'clock.as_of') }}
        <= settings.window_seconds
),

waited as (
    select
        recent.encounter_key,
        recent.facility_key,
        recent.expected_amount,
        waits.owner_role,
        waits.blocker_code,
        sum(waits.wait_seconds) as wait_seconds
    from waits
    inner join recent
        on waits.encounter_key = recent.encounter_key
    group by 1, 2, 3, 4, 5
),

weighed as (
    select
        *,
        cast(
            coalesce(expected_amount, 0) * wait_seconds / 86400
            as decimal(18, 2)
        ) as money_days
    from waited
),

totals as (
    select
        encounter_key,
        cast(sum(money_days) as decimal(18, 2)) as total_money_days
    from weighed
    group by 1
),

group_sums as (
    select
        scopes.scope,
        case when scopes.scope = 'facility' then weighed.facility_key end
            as facility_key,
        weighed.owner_role,
        weighed.blocker_code,
        count(*) as encounter_count,
        count(*) filter (where weighed.expected_amount is null)
            as without_amount_count,
        sum(weighed.wait_seconds) as wait_seconds,
        sum(weighed.money_days) as money_days,
        sum(weighed.money_days * weighed.money_days) as squares,
        sum(weighed.money_days * totals.total_money_days) as products
    from weighed
    inner join totals
        on weighed.encounter_key = totals.encounter_key
    cross join scopes
    group by 1, 2, 3, 4
),

scope_sums as (
    select
        scopes.scope,
        case when scopes.scope = 'facility' then recent.facility_key end
            as facility_key,
        count(*) as all_count,
        sum(totals.total_money_days) as all_money_days,
        sum(totals.total_money_days * totals.total_money_days) as all_squares
    from totals
    inner join recent
        on totals.encounter_key = recent.encounter_key
    cross join scopes
    group by 1, 2
),

joined as (
    select
        group_sums.scope,
        group_sums.facility_key,
        group_sums.owner_role,
        group_sums.blocker_code,
        group_sums.encounter_count,
        group_sums.without_amount_count,
        cast(group_sums.wait_seconds as bigint) as wait_seconds,
        cast(group_sums.money_days as decimal(18, 2)) as money_days,
        cast(group_sums.squares as decimal(38, 4)) as squares,
        cast(group_sums.products as decimal(38, 4)) as products,
        scope_sums.all_count,
        cast(scope_sums.all_money_days as decimal(18, 2)) as all_money_days,
        cast(scope_sums.all_squares as decimal(38, 4)) as all_squares
    from group_sums
    inner join scope_sums
        on
            group_sums.scope = scope_sums.scope
            and group_sums.facility_key
            is not distinct from scope_sums.facility_key
)

select * from joined
