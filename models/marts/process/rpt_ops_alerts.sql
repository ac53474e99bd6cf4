with

feed_signals as (
    select * from {{ ref('rpt_feed_signals') }}
),

work_signals as (
    select * from {{ ref('rpt_work_signals') }}
),

rules as (
    select * from {{ ref('alert_rules') }}
    where is_enabled
),

clock as (
    select * from {{ ref('int_clock') }}
),

signals as (
    select
        alert_code,
        data_source,
        detail,
        facility_key,
        cast(null as varchar) as owner_role,
        occurred_at,
        days,
        record_count,
        cast(null as decimal(18, 2)) as amount,
        cast(null as date) as deadline_date
    from feed_signals
    union all
    select
        alert_code,
        data_source,
        detail,
        cast(null as varchar) as facility_key,
        owner_role,
        occurred_at,
        days,
        cast(1 as bigint) as record_count,
        amount,
        deadline_date
    from work_signals
),

counting as (
    select
        signals.alert_code,
        signals.data_source,
        signals.detail,
        signals.facility_key,
        coalesce(signals.owner_role, rules.owner_role) as owner_role,
        signals.occurred_at,
        signals.record_count,
        signals.amount,
        signals.deadline_date
    from signals
    inner join rules
        on signals.alert_code = rules.alert_code
    where
        (rules.min_days is null or signals.days >= rules.min_days)
        and (rules.max_days is null or signals.days <= rules.max_days)
),

grouped as (
    select
        alert_code,
        data_source,
        detail,
        facility_key,
        owner_role,
        cast(sum(record_count) as bigint) as record_count,
        cast(sum(amount) as decimal(18, 2)) as amount,
        min(deadline_date) as deadline_date,
        cast(min(occurred_at) as date) as first_seen_date
    from counting
    group by 1, 2, 3, 4, 5
),

judged as (
    select
        grouped.alert_code || '-' || left({{ surrogate_key([
            'grouped.alert_code',
            'grouped.data_source',
            'grouped.detail',
            'grouped.facility_key',
            'grouped.owner_role',
        ]) }}, 12) as alert_key,
        grouped.alert_code,
        rules.title,
        case
            when
                rules.severity = 'critical'
                or grouped.amount >= rules.critical_amount
                or {{ days_until('grouped.deadline_date', 'clock.as_of') }}
                <= rules.critical_days
                then 'critical'
            when
                rules.severity = 'high'
                or grouped.amount >= rules.high_amount
                or {{ days_until('grouped.deadline_date', 'clock.as_of') }}
                <= rules.high_days
                then 'high'
            else 'low'
        end as severity,
        grouped.owner_role,
        grouped.data_source,
        grouped.detail,
        grouped.facility_key,
        grouped.record_count,
        grouped.amount,
        grouped.deadline_date,
        grouped.first_seen_date,
        rules.runbook
    from grouped
    inner join rules
        on grouped.alert_code = rules.alert_code
    cross join clock
    where grouped.record_count >= rules.min_count
)

select * from judged
