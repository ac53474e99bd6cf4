with

events as (
    select * from {{ source('alerts', 'events') }}
),

renamed as (
    select
        alert_key,
        recurrence,
        event,
        occurred_at,
        alert_code,
        severity,
        owner_role,
        runbook,
        subject,
        record_count,
        amount,
        deadline_date,
        destination,
        message,
        acted_by,
        snoozed_until
    from events
)

select * from renamed
