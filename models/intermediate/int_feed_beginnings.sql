with

feed_days as (
    select * from {{ ref('int_feed_site_days') }}
),

first_days as (
    select
        site_key,
        feed,
        min(service_date) filter (where received_count > 0) as first_date
    from feed_days
    group by 1, 2
),

beginnings as (
    select
        first_days.site_key,
        first_days.feed,
        first_days.first_date,
        sum(
            case
                when
                    first_days.first_date is null
                    or feed_days.service_date < first_days.first_date
                    then feed_days.encounter_count
                else 0
            end
        ) as unreached_count
    from first_days
    inner join feed_days
        on
            first_days.site_key = feed_days.site_key
            and first_days.feed = feed_days.feed
    group by 1, 2, 3
)

select * from beginnings
