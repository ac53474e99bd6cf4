with

balances as (
    select * from {{ ref('rpt_reconciliation') }}
),

coverage as (
    select * from {{ ref('rpt_data_coverage') }}
),

file_loads as (
    select * from {{ ref('fct_file_loads') }}
),

record_types as (
    select * from {{ ref('rpt_record_types') }}
),

late_feeds as (
    select * from {{ ref('rpt_feed_freshness') }}
    where freshness = 'late'
),

clock as (
    select * from {{ ref('int_clock') }}
),

begun as (
    select
        *,
        min(case when is_complete then coverage_date end) over (
            partition by data_source, feed, facility_key
        ) as first_complete_date
    from coverage
),

signals as (
    select
        'load_not_balanced' as alert_code,
        data_source,
        feed as detail,
        cast(null as varchar) as facility_key,
        cast(null as timestamp) as occurred_at,
        abs(difference) as record_count
    from balances
    where difference <> 0
    union all
    select
        'feed_gap' as alert_code,
        data_source,
        feed as detail,
        facility_key,
        cast(coverage_date as timestamp) as occurred_at,
        encounter_count as record_count
    from begun
    where not is_complete and coverage_date > first_complete_date
    union all
    select
        'feed_late' as alert_code,
        data_source,
        feed as detail,
        cast(null as varchar) as facility_key,
        due_at as occurred_at,
        {{ whole_days('due_at', 'as_of') }} as record_count
    from late_feeds
    union all
    select
        'records_rejected' as alert_code,
        data_source,
        coalesce(feed, format) as detail,
        cast(null as varchar) as facility_key,
        loaded_at as occurred_at,
        rejected_count as record_count
    from file_loads
    where rejected_count > 0
    union all
    select
        'record_not_read' as alert_code,
        data_source,
        standard as detail,
        cast(null as varchar) as facility_key,
        cast(null as timestamp) as occurred_at,
        record_count
    from record_types
    where not is_read
),

aged as (
    select
        signals.alert_code,
        signals.data_source,
        signals.detail,
        signals.facility_key,
        signals.occurred_at,
        {{ whole_days('signals.occurred_at', 'clock.as_of') }} as days,
        cast(signals.record_count as bigint) as record_count
    from signals
    cross join clock
)

select * from aged
