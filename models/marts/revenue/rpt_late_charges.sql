with

charge_entries as (
    select * from {{ ref('int_charge_entries') }}
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

summed as (
    select
        encounters.facility_key,
        charge_entries.month_start_date,
        cast(sum(charge_entries.charge_count) as bigint) as charge_count,
        cast(sum(charge_entries.late_count) as bigint) as late_count,
        cast(sum(charge_entries.charged_amount) as decimal(18, 2))
            as charged_amount,
        cast(sum(charge_entries.late_amount) as decimal(18, 2)) as late_amount,
        cast(sum(charge_entries.after_bill_amount) as decimal(18, 2))
            as after_bill_amount
    from charge_entries
    inner join encounters
        on charge_entries.encounter_key = encounters.encounter_key
    group by 1, 2
),

shared as (
    select
        summed.*,
        cast(
            summed.late_amount / nullif(summed.charged_amount, 0)
            as decimal(18, 4)
        ) as late_share,
        summed.month_start_date
        < cast(date_trunc('month', clock.as_of) as date) as is_mature
    from summed
    cross join clock
)

select * from shared
