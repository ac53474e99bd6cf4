{# Figure, rows, owner, detail, value, low, high, comparison, is_clear #}
{% set figures = [
    ('money_waiting', 'money', 'null', 'null', 'unbilled_expected_amount',
     'null', 'null', 'null', 'null'),
    ('money_waiting', 'by_owner', 'owner_role', 'null', 'amount',
     'null', 'null', 'null', 'null'),
    ('dnsp_days', 'money', 'null', 'null', 'dnsp_days',
     'null', 'null', 'null', 'null'),
    ('filing_risk', 'money', 'null', 'null', 'filing_risk_amount',
     'null', 'null', 'expired_amount', 'null'),
    ('bottleneck', 'bottlenecks', 'null', 'blocker_label', 'money_days_share',
     'money_days_low_share', 'money_days_high_share', 'null', 'is_clear'),
] %}

with

money as (
    select * from {{ ref('rpt_money') }}
    where scope = 'organisation'
),

unbilled as (
    select * from {{ ref('rpt_unbilled_money') }}
),

bottlenecks as (
    select * from {{ ref('rpt_bottlenecks') }}
    where scope = 'organisation' and delay_rank = 1
),

by_owner as (
    select
        owner_role,
        sum(unbilled_expected_amount) as amount
    from unbilled
    group by 1
    having sum(unbilled_expected_amount) > 0
),

figures as (
    {% for code, rows, owner, detail, value, low, high, comparison, is_clear
        in figures %}
    select
        '{{ code }}' as figure_code,
        cast({{ owner }} as varchar) as owner_role,
        cast({{ detail }} as varchar) as detail,
        cast({{ value }} as decimal(18, 4)) as value,
        cast({{ low }} as decimal(18, 4)) as low,
        cast({{ high }} as decimal(18, 4)) as high,
        cast({{ comparison }} as decimal(18, 4)) as comparison,
        cast({{ is_clear }} as boolean) as is_clear
    from {{ rows }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from figures
