with

coverage_days as (
    select * from {{ ref('int_feed_coverage_days') }}
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
        cast(expected_low as decimal(18, 2)) as expected_low,
        cast(expected_high as decimal(18, 2)) as expected_high,
        watermark_at,
        is_complete,
        reason
    from coverage_days
)

select * from selected
