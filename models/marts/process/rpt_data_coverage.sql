with

coverage_days as (
    select * from {{ ref('int_feed_coverage_days') }}
),

volume_days as (
    select * from {{ ref('int_feed_volume_days') }}
),

joined as (
    select
        coverage_days.*,
        volume_days.volume_low,
        volume_days.volume_high,
        volume_days.volume,
        volume_days.is_current
    from coverage_days
    left join volume_days
        on
            coverage_days.site_key = volume_days.site_key
            and coverage_days.feed = volume_days.feed
            and coverage_days.service_date = volume_days.service_date
),

selected as (
    select
        {{ surrogate_key(
            ['data_source', 'facility_id', 'feed', 'service_date']
        ) }} as coverage_key,
        data_source,
        feed,
        {{ foreign_key(['data_source', 'facility_id']) }} as facility_key,
        facility_id,
        service_date as coverage_date,
        cast(encounter_count as bigint) as encounter_count,
        cast(received_count as bigint) as received_count,
        cast(expected_count as decimal(18, 2)) as expected_count,
        cast(volume_low as decimal(18, 2)) as expected_low,
        cast(volume_high as decimal(18, 2)) as expected_high,
        coalesce(volume, 'unknown') as volume,
        coalesce(is_current, false) as is_current,
        watermark_at,
        is_complete,
        reason
    from joined
)

select * from selected
