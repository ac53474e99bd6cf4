{% set amounts = [
    'revenue_amount', 'dnfb_amount', 'dnfb_held_amount', 'fbns_amount',
    'unknown_amount', 'unbilled_expected_amount', 'filing_risk_amount',
    'expired_amount'
] %}

with

unbilled as (
    select * from {{ ref('rpt_unbilled_money') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
    where service_date is not null
),

settings as (
    select cast(value as bigint) as most_days from {{ ref('thresholds') }}
    where threshold = 'unbilled_revenue_days'
),

clock as (
    select
        as_of,
        cast(as_of as date) as as_of_date
    from {{ ref('int_clock') }}
),

first_days as (
    select min(encounters.service_date) as first_date
    from encounters
    cross join clock
    where encounters.service_date < clock.as_of_date
),

windows as (
    select
        clock.as_of,
        clock.as_of_date,
        greatest(
            least(
                {{ days_between('first_days.first_date', 'clock.as_of_date') }},
                settings.most_days
            ),
            1
        ) as revenue_days
    from clock
    cross join settings
    cross join first_days
),

scopes as (
    select 'facility' as scope
    union all
    select 'organisation' as scope
),

revenue as (
    select
        scopes.scope,
        case when scopes.scope = 'facility' then encounters.facility_key end
            as facility_key,
        sum(encounters.charged_amount) filter (
            where
            encounters.charged_amount > 0
            and encounters.service_date < windows.as_of_date
            and {{ days_between(
                'encounters.service_date', 'windows.as_of_date'
            ) }} <= windows.revenue_days
        ) as revenue_amount
    from encounters
    cross join scopes
    cross join windows
    group by 1, 2
),

waiting as (
    select
        scopes.scope,
        case when scopes.scope = 'facility' then unbilled.facility_key end
            as facility_key,
        sum(unbilled.dnfb_amount) as dnfb_amount,
        sum(unbilled.dnfb_held_amount) as dnfb_held_amount,
        sum(unbilled.fbns_amount) as fbns_amount,
        sum(unbilled.unknown_amount) as unknown_amount,
        sum(unbilled.without_charge_count) as without_charge_count,
        sum(unbilled.unbilled_expected_amount) as unbilled_expected_amount,
        sum(unbilled.filing_risk_amount) as filing_risk_amount,
        sum(unbilled.expired_amount) as expired_amount
    from unbilled
    cross join scopes
    group by 1, 2
),

joined as (
    select
        revenue.scope,
        revenue.facility_key,
        windows.as_of,
        windows.revenue_days,
        {% for amount in amounts %}
        cast(coalesce({{ amount }}, 0) as decimal(18, 2)) as {{ amount }},
        {% endfor %}
        cast(coalesce(waiting.without_charge_count, 0) as bigint)
            as without_charge_count
    from revenue
    cross join windows
    left join waiting
        on
            revenue.scope = waiting.scope
            and revenue.facility_key is not distinct from waiting.facility_key
),

divided as (
    select
        *,
        cast(dnfb_amount + fbns_amount as decimal(18, 2)) as dnsp_amount,
        cast(
            dnfb_amount * revenue_days / nullif(revenue_amount, 0)
            as decimal(18, 2)
        ) as dnfb_days,
        cast(
            fbns_amount * revenue_days / nullif(revenue_amount, 0)
            as decimal(18, 2)
        ) as fbns_days
    from joined
),

summed as (
    select
        *,
        cast(dnfb_days + fbns_days as decimal(18, 2)) as dnsp_days
    from divided
)

select * from summed
