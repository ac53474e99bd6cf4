with

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
    where has_taken_place and service_date is not null
),

first_records as (
    select * from {{ ref('int_encounter_feed_records') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
),

delayed as (
    select
        encounter_days.site_key,
        first_records.feed,
        encounter_days.service_date,
        least(
            greatest(
                coalesce(
                    {{ days_between(
                        'encounter_days.service_date',
                        'cast(first_records.first_record_at as date)'
                    ) }},
                    0
                ),
                0
            ),
            rules.maturity_days
        ) as delay_days
    from first_records
    inner join encounter_days
        on first_records.encounter_key = encounter_days.encounter_key
    inner join rules
        on first_records.feed = rules.feed
),

arrivals as (
    select
        site_key,
        feed,
        service_date,
        delay_days,
        count(*) as arrived_count
    from delayed
    group by 1, 2, 3, 4
)

select * from arrivals
