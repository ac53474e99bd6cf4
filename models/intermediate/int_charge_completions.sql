with

charges as (
    select * from {{ ref('int_charges') }}
    where is_charged and encounter_key is not null
),

bills as (
    select * from {{ ref('int_encounter_bills') }}
),

completions as (
    select
        charges.encounter_key,
        max(charges.entered_at) as charges_complete_at
    from charges
    left join bills
        on charges.encounter_key = bills.encounter_key
    where
        bills.first_billed_at is null
        or charges.entered_at is null
        or charges.entered_at <= bills.first_billed_at
    group by 1
)

select * from completions
