{% set counts = [
    'sent_count', 'clean_count', 'answered_count', 'accepted_count',
    'decided_count', 'denied_count', 'documentation_denied_count'
] %}
{% set rates = [
    ('clean_claim_rate', 'clean_count', 'sent_count'),
    ('first_pass_acceptance_rate', 'accepted_count', 'answered_count'),
    ('initial_denial_rate', 'denied_count', 'decided_count'),
    ('denied_amount_rate', 'denied_amount', 'decided_amount'),
    ('documentation_denial_rate', 'documentation_denied_count', 'decided_count')
] %}

with

passes as (
    select * from {{ ref('rpt_claim_first_passes') }}
),

settings as (
    select cast(value as bigint) as settle_days from {{ ref('thresholds') }}
    where threshold = 'month_settle_days'
),

clock as (
    select * from {{ ref('int_clock') }}
),

events as (
    select
        data_source,
        payer_key,
        cast(date_trunc('month', submitted_at) as date) as month_start_date,
        1 as sent_count,
        case when is_clean then 1 else 0 end as clean_count,
        case when is_accepted is not null then 1 else 0 end as answered_count,
        case when is_accepted then 1 else 0 end as accepted_count,
        0 as decided_count,
        0 as denied_count,
        0 as documentation_denied_count,
        cast(0 as decimal(18, 2)) as decided_amount,
        cast(0 as decimal(18, 2)) as denied_amount
    from passes
    where submitted_at is not null
    union all
    select
        data_source,
        payer_key,
        cast(date_trunc('month', first_decided_at) as date) as month_start_date,
        0 as sent_count,
        0 as clean_count,
        0 as answered_count,
        0 as accepted_count,
        1 as decided_count,
        case when is_denied then 1 else 0 end as denied_count,
        case when is_documentation_denial then 1 else 0 end
            as documentation_denied_count,
        coalesce(charge_amount, 0) as decided_amount,
        case when is_denied then coalesce(charge_amount, 0) else 0 end
            as denied_amount
    from passes
    where first_decided_at is not null
),

counted as (
    select
        data_source,
        payer_key,
        month_start_date,
        {% for name in counts %}
        cast(sum({{ name }}) as bigint) as {{ name }},
        {% endfor %}
        cast(sum(decided_amount) as decimal(18, 2)) as decided_amount,
        cast(sum(denied_amount) as decimal(18, 2)) as denied_amount
    from events
    group by 1, 2, 3
),

rated as (
    select
        counted.*,
        {% for name, part, whole in rates %}
        cast(1.0 * {{ part }} / nullif({{ whole }}, 0) as decimal(18, 4))
            as {{ name }},
        {% endfor %}
        {{ add_seconds(
            "counted.month_start_date + interval '1' month",
            'settings.settle_days * 86400'
        ) }} <= clock.as_of as is_mature
    from counted
    cross join settings
    cross join clock
)

select * from rated
