with

encounters as (
    select * from {{ ref('fct_encounters') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

limits as (
    select
        coalesce(
            min(encounters.service_date), cast(max(clock.as_of) as date)
        ) as first_day,
        greatest(
            max(encounters.service_date), cast(max(clock.as_of) as date)
        ) as last_day
    from clock
    left join encounters
        on encounters.service_date is not null
),

days as (
    select {{ each_day('first_day', 'last_day') }} as date_day
    from limits
),

described as (
    select
        date_day,
        cast(extract(year from date_day) as integer) as year_number,
        cast(extract(month from date_day) as integer) as month_number,
        cast(date_trunc('month', date_day) as date) as month_start_date,
        cast(date_trunc('week', date_day) as date) as week_start_date
    from days
)

select * from described
