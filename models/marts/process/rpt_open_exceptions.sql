with

open_alerts as (
    select * from {{ ref('rpt_ops_alerts') }}
),

incidents as (
    select * from {{ ref('fct_alerts') }}
    where resolved_at is null
),

rules as (
    select * from {{ ref('alert_rules') }}
),

facilities as (
    select * from {{ ref('dim_facilities') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

found as (
    select
        open_alerts.alert_key,
        open_alerts.alert_code,
        open_alerts.severity,
        open_alerts.owner_role,
        open_alerts.runbook,
        open_alerts.data_source
        || coalesce(', ' || open_alerts.detail, '')
        || coalesce(', ' || facilities.facility_name, '') as subject,
        open_alerts.record_count,
        open_alerts.amount,
        open_alerts.deadline_date,
        cast(open_alerts.first_seen_date as timestamp) as began_at
    from open_alerts
    left join facilities
        on open_alerts.facility_key = facilities.facility_key
    union all
    select
        alert_key,
        alert_code,
        severity,
        owner_role,
        runbook,
        subject,
        record_count,
        amount,
        deadline_date,
        cast(null as timestamp) as began_at
    from incidents
    where
        alert_code in (
            select rules.alert_code from rules
            where rules.is_told_by_log
        )
),

known as (
    select
        found.*,
        incidents.first_seen_at,
        incidents.recurrence,
        incidents.acknowledged_at,
        incidents.snoozed_until
    from found
    left join incidents
        on found.alert_key = incidents.alert_key
),

judged as (
    select
        known.alert_key,
        known.alert_code,
        rules.title,
        known.subject,
        known.severity,
        case known.severity
            when 'critical' then 1
            when 'high' then 2
            else 3
        end as severity_order,
        known.owner_role,
        known.runbook,
        known.record_count,
        known.amount,
        known.deadline_date,
        coalesce(known.began_at, known.first_seen_at) as opened_at,
        {{ whole_days(
            'coalesce(known.began_at, known.first_seen_at)', 'clock.as_of'
        ) }} as age_days,
        coalesce(known.recurrence, 0) as recurrence,
        known.acknowledged_at,
        case
            when known.snoozed_until > clock.as_of then known.snoozed_until
        end as snoozed_until
    from known
    inner join rules
        on known.alert_code = rules.alert_code
    cross join clock
)

select * from judged
