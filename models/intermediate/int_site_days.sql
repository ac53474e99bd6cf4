with

encounter_days as (
    select * from {{ ref('int_encounter_days') }}
    where has_taken_place and service_date is not null
),

deliveries as (
    select * from {{ ref('int_feed_deliveries') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
    where feed = 'encounters'
),

reaches as (
    select
        data_source,
        cast(max(watermark_at) as date) as reach_date
    from deliveries
    group by 1
),

busy_days as (
    select
        data_source,
        facility_id,
        site_key,
        service_date,
        count(*) as encounter_count,
        max(loaded_at) as last_loaded_at
    from encounter_days
    group by 1, 2, 3, 4
),

days_of_the_same_kind as (
    select
        busy_days.data_source,
        busy_days.facility_id,
        busy_days.site_key,
        {{ each_day(
            'busy_days.service_date',
            "busy_days.service_date + 7 * rules.history_days",
            "7"
        ) }} as service_date
    from busy_days
    cross join rules
    where busy_days.encounter_count >= rules.min_expected_count
),

all_days as (
    select
        data_source,
        facility_id,
        site_key,
        service_date,
        encounter_count,
        last_loaded_at
    from busy_days
    union all
    select
        data_source,
        facility_id,
        site_key,
        service_date,
        0 as encounter_count,
        cast(null as timestamp) as last_loaded_at
    from days_of_the_same_kind
),

site_days as (
    select
        all_days.data_source,
        all_days.facility_id,
        all_days.site_key,
        all_days.service_date,
        sum(all_days.encounter_count) as encounter_count,
        max(all_days.last_loaded_at) as last_loaded_at,
        max({{ days_between('all_days.service_date', 'reaches.reach_date') }})
            as age_days
    from all_days
    inner join reaches
        on all_days.data_source = reaches.data_source
    group by 1, 2, 3, 4
),

past_days as (
    select * from site_days
    where encounter_count > 0 or age_days >= 0
)

select * from past_days
