with

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
    where service_end_at is not null
),

planned_holds as (
    select * from {{ ref('int_planned_holds') }}
),

age_buckets as (
    select * from {{ ref('age_buckets') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

aged as (
    select
        milestones.encounter_key,
        case
            when milestones.service_end_at > clock.as_of then 0
            else {{ whole_days('milestones.service_end_at', 'clock.as_of') }}
        end as age_days,
        case
            when milestones.service_end_at > clock.as_of then 0
            else
                {{ whole_days(
                    add_seconds(
                        'milestones.service_end_at',
                        'coalesce(planned_holds.held_seconds, 0)'
                    ),
                    'coalesce(planned_holds.held_since, clock.as_of)'
                ) }}
        end as age_without_hold_days
    from milestones
    cross join clock
    left join planned_holds
        on milestones.encounter_key = planned_holds.encounter_key
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
