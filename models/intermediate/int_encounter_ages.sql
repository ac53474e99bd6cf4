with

work_items as (
    select * from {{ ref('int_work_items') }}
    where service_end_at is not null
),

age_buckets as (
    select * from {{ ref('age_buckets') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

aged as (
    select
        work_items.encounter_key,
        case
            when work_items.service_end_at > clock.as_of then 0
            else {{ whole_days('work_items.service_end_at', 'clock.as_of') }}
        end as age_days,
        case
            when work_items.service_end_at > clock.as_of then 0
            else
                {{ whole_days(
                    add_seconds(
                        'work_items.service_end_at', 'work_items.held_seconds'
                    ),
                    'coalesce(work_items.held_since, clock.as_of)'
                ) }}
        end as age_without_hold_days
    from work_items
    cross join clock
),

ranged as (
    select
        aged.*,
        age_buckets.age_bucket
    from aged
    left join age_buckets
        on
            aged.age_days >= age_buckets.min_days
            and aged.age_days <= coalesce(age_buckets.max_days, aged.age_days)
)

select * from ranged
