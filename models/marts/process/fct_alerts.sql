{{ config(schema='ops') }}

with

events as (
    select * from {{ ref('stg_alerts__events') }}
    where event <> 'digest'
),

incidents as (
    select
        alert_key,
        cast(recurrence as integer) as recurrence,
        {{ value_at_last('alert_code', 'occurred_at') }} as alert_code,
        {{ value_at_last(
            'severity', 'occurred_at', "event in ('raised', 'seen')"
        ) }} as severity,
        {{ value_at_last('owner_role', 'occurred_at') }} as owner_role,
        {{ value_at_last('runbook', 'occurred_at') }} as runbook,
        {{ value_at_last('subject', 'occurred_at') }} as subject,
        {{ value_at_last(
            'record_count', 'occurred_at', "event in ('raised', 'seen')"
        ) }} as record_count,
        {{ value_at_last(
            'amount', 'occurred_at', "event in ('raised', 'seen')"
        ) }} as amount,
        {{ value_at_last(
            'deadline_date', 'occurred_at', "event in ('raised', 'seen')"
        ) }} as deadline_date,
        min(occurred_at) filter (where event = 'raised') as first_seen_at,
        max(occurred_at) filter (
            where event in ('raised', 'seen')
        ) as last_seen_at,
        max(occurred_at) filter (where event = 'sent') as last_sent_at,
        count(*) filter (where event = 'sent') as sent_count,
        max(occurred_at) filter (where event = 'acknowledged')
            as acknowledged_at,
        {{ value_at_last(
            'acted_by', 'occurred_at', "event = 'acknowledged'"
        ) }} as acknowledged_by,
        {{ value_at_last(
            'snoozed_until', 'occurred_at', "event = 'snoozed'"
        ) }} as snoozed_until,
        max(occurred_at) filter (where event = 'resolved') as resolved_at
    from events
    group by 1, 2
)

select * from incidents
