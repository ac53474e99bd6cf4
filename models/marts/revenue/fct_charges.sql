with

charges as (
    select * from {{ ref('int_charges') }}
    where encounter_key is not null
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

selected as (
    select
        {{ surrogate_key(['charges.data_source', 'charges.charge_id']) }}
            as charge_key,
        charges.encounter_key,
        encounters.facility_key,
        cast(date_trunc('month', encounters.service_date) as date)
            as month_start_date,
        charges.entered_at,
        coalesce(charges.is_charged, false) as is_charged,
        cast(
            case
                when charges.is_charged then coalesce(charges.amount, 0)
                else 0
            end as decimal(18, 2)
        ) as amount,
        charges.source_file_id,
        charges.source_position,
        charges.loaded_at
    from charges
    inner join encounters
        on charges.encounter_key = encounters.encounter_key
)

select * from selected
