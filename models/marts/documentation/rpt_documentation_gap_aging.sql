with

gaps as (
    select * from {{ ref('fct_documentation_gaps') }}
    where result = 'not_met'
),

encounters as (
    select * from {{ ref('fct_encounters') }}
),

facilities as (
    select * from {{ ref('dim_facilities') }}
),

age_buckets as (
    select * from {{ ref('age_buckets') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

aged as (
    select
        encounters.facility_key,
        facilities.facility_name,
        gaps.requirement_id,
        gaps.missing_item,
        encounters.expected_amount,
        encounters.service_date,
        case
            when encounters.service_end_at > clock.as_of then 0
            else {{ whole_days('encounters.service_end_at', 'clock.as_of') }}
        end as age_days
    from gaps
    inner join encounters
        on gaps.encounter_key = encounters.encounter_key
    left join facilities
        on encounters.facility_key = facilities.facility_key
    cross join clock
),

bucketed as (
    select
        aged.facility_key,
        aged.facility_name,
        aged.requirement_id,
        aged.missing_item,
        age_buckets.age_bucket,
        age_buckets.bucket_order,
        count(*) as gap_count,
        cast(sum(aged.expected_amount) as decimal(18, 2)) as expected_amount,
        min(aged.service_date) as oldest_service_date
    from aged
    left join age_buckets
        on
            aged.age_days >= age_buckets.min_days
            and aged.age_days <= coalesce(age_buckets.max_days, aged.age_days)
    group by 1, 2, 3, 4, 5, 6
)

select * from bucketed
