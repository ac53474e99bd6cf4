with

charges as (
    select * from {{ ref('int_charges') }}
    where
        is_charged
        and encounter_key is not null
        and entered_at is not null
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

settings as (
    select cast(value as integer) as late_days from {{ ref('thresholds') }}
    where threshold = 'late_charge_days'
),

dated as (
    select
        charges.encounter_key,
        cast(date_trunc('month', charges.entered_at) as date)
            as month_start_date,
        charges.amount,
        {{ whole_days('milestones.service_end_at', 'charges.entered_at') }}
        > settings.late_days as is_late,
        charges.entered_at > milestones.claim_submitted_at as is_after_bill
    from charges
    inner join milestones
        on charges.encounter_key = milestones.encounter_key
    cross join settings
),

summed as (
    select
        encounter_key,
        month_start_date,
        count(*) as charge_count,
        count(*) filter (where is_late) as late_count,
        cast(coalesce(sum(amount), 0) as decimal(18, 2)) as charged_amount,
        cast(coalesce(sum(amount) filter (where is_late), 0) as decimal(18, 2))
            as late_amount,
        cast(
            coalesce(sum(amount) filter (where is_after_bill), 0)
            as decimal(18, 2)
        ) as after_bill_amount
    from dated
    group by 1, 2
)

select * from summed
