with

unmatched as (
    select * from {{ ref('rpt_unmatched_records') }}
),

denials as (
    select * from {{ ref('fct_denials') }}
),

worklist as (
    select * from {{ ref('rpt_worklist') }}
),

unbilled as (
    select * from {{ ref('rpt_ready_not_billed') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

signals as (
    select
        'records_unmatched' as alert_code,
        data_source,
        reason_code as detail,
        owner_role,
        occurred_at,
        cast(null as integer) as left_days,
        amount,
        cast(null as date) as deadline_date
    from unmatched
    where blocker_code is not null or amount is not null
    union all
    select
        'code_unknown' as alert_code,
        data_source,
        code_list as detail,
        cast(null as varchar) as owner_role,
        adjudicated_at as occurred_at,
        cast(null as integer) as left_days,
        amount,
        cast(null as date) as deadline_date
    from denials
    where is_unmapped and not is_taken_back
    union all
    select
        'deadline_near' as alert_code,
        data_source,
        cast(null as varchar) as detail,
        owner_role,
        cast(null as timestamp) as occurred_at,
        days_to_deadline as left_days,
        expected_amount as amount,
        filing_deadline_date as deadline_date
    from worklist
    where filing_deadline_date is not null
    union all
    select
        'ready_not_billed' as alert_code,
        data_source,
        cast(null as varchar) as detail,
        cast(null as varchar) as owner_role,
        billing_ready_at as occurred_at,
        cast(null as integer) as left_days,
        expected_amount as amount,
        filing_deadline_date as deadline_date
    from unbilled
    where billing_ready_at is not null
),

aged as (
    select
        signals.alert_code,
        signals.data_source,
        signals.detail,
        signals.owner_role,
        signals.occurred_at,
        coalesce(
            signals.left_days,
            {{ whole_days('signals.occurred_at', 'clock.as_of') }}
        ) as days,
        cast(signals.amount as decimal(18, 2)) as amount,
        signals.deadline_date
    from signals
    cross join clock
)

select * from aged
