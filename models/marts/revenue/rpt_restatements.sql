with

closes as (
    select * from {{ ref('stg_closes__charges') }}
),

charges as (
    select * from {{ ref('fct_charges') }}
    where month_start_date is not null
),

reports as (
    select
        month_start_date,
        max(reported_at) as reported_at,
        cast(sum(amount) as decimal(18, 2)) as reported_amount
    from closes
    group by 1
),

now_charged as (
    select charges.*
    from charges
    inner join reports
        on charges.month_start_date = reports.month_start_date
),

reported_keys as (
    select charge_key
    from closes
    group by 1
),

compared as (
    select
        coalesce(closes.month_start_date, now_charged.month_start_date)
            as month_start_date,
        closes.charge_key as former_key,
        now_charged.charge_key as present_key,
        reported_keys.charge_key is not null as was_reported,
        closes.charge_key is not null
        and now_charged.charge_key is not null
        and closes.source_file_id = now_charged.source_file_id
        and closes.source_position = now_charged.source_position
            as is_same_record,
        now_charged.loaded_at,
        coalesce(now_charged.amount, 0) - coalesce(closes.amount, 0) as change
    from closes
    full outer join now_charged
        on
            closes.month_start_date = now_charged.month_start_date
            and closes.charge_key = now_charged.charge_key
    left join reported_keys
        on now_charged.charge_key = reported_keys.charge_key
),

caused as (
    select
        compared.month_start_date,
        case
            when compared.is_same_record then 'rule change'
            when
                compared.former_key is null
                and not compared.was_reported
                and compared.loaded_at > reports.reported_at
                then 'late data'
            when
                compared.former_key is null and not compared.was_reported
                then 'rule change'
            else 'correction'
        end as cause,
        compared.change
    from compared
    inner join reports
        on compared.month_start_date = reports.month_start_date
    where compared.change <> 0
),

causes as (
    select * from {{ ref('restatement_causes') }}
),

summed as (
    select
        reports.month_start_date,
        reports.reported_at,
        reports.reported_amount,
        causes.cause,
        count(caused.change) as charge_count,
        cast(coalesce(sum(caused.change), 0) as decimal(18, 2))
            as changed_amount
    from reports
    cross join causes
    left join caused
        on
            reports.month_start_date = caused.month_start_date
            and causes.cause = caused.cause
    group by 1, 2, 3, 4
)

select * from summed
