with

feed_days as (
    select * from {{ ref('int_feed_site_days') }}
),

expectations as (
    select * from {{ ref('int_feed_expectations') }}
),

silences as (
    select * from {{ ref('int_feed_silences') }}
),

deliveries as (
    select * from {{ ref('int_feed_deliveries') }}
),

rules as (
    select * from {{ ref('feed_coverage_rules') }}
),

beginnings as (
    select * from {{ ref('int_feed_beginnings') }}
),

expected as (
    select
        expectations.site_key,
        expectations.feed,
        expectations.service_date,
        expectations.usual_share * expectations.base_count as expected_count,
        greatest(
            1.4826 * expectations.deviation * expectations.base_count,
            sqrt(
                expectations.usual_share * expectations.base_count
                * case
                    when expectations.feed = 'encounters' then 1
                    else greatest(1 - expectations.usual_share, 0)
                end
            )
        ) as spread
    from expectations
),

banded as (
    select
        feed_days.*,
        expected.expected_count,
        case
            when expected.expected_count is not null
                then least(
                    expected.expected_count
                    - rules.spread_multiplier * expected.spread,
                    expected.expected_count * rules.low_share
                )
        end as expected_low,
        expected.expected_count + rules.spread_multiplier * expected.spread
            as expected_high,
        silences.run_log_chance is not null as is_silent,
        deliveries.watermark_at,
        deliveries.reached_at as delivered_at,
        coalesce(
            deliveries.reached_at >= feed_days.last_loaded_at,
            deliveries.reached_at is not null
        ) as is_delivered,
        coalesce(
            deliveries.record_count < rules.min_watermark_count
            or feed_days.service_date
            <= cast(deliveries.watermark_at as date) + rules.silence_days,
            true
        ) as is_watermark_past,
        beginnings.unreached_count < rules.min_unreached_count
        or coalesce(feed_days.service_date >= beginnings.first_date, false)
            as is_reached
    from feed_days
    inner join rules
        on feed_days.feed = rules.feed
    left join expected
        on
            feed_days.site_key = expected.site_key
            and feed_days.feed = expected.feed
            and feed_days.service_date = expected.service_date
            and rules.min_expected_count <= expected.expected_count
    left join silences
        on
            feed_days.site_key = silences.site_key
            and feed_days.feed = silences.feed
            and feed_days.service_date = silences.service_date
    left join deliveries
        on
            feed_days.data_source = deliveries.data_source
            and feed_days.feed = deliveries.feed
    inner join beginnings
        on
            feed_days.site_key = beginnings.site_key
            and feed_days.feed = beginnings.feed
),

judged as (
    select
        *,
        case
            when is_silent then false
            else received_count >= expected_low
        end as is_within_band
    from banded
),

explained as (
    select
        site_key,
        data_source,
        feed,
        facility_id,
        service_date,
        encounter_count,
        received_count,
        expected_count,
        expected_low,
        expected_high,
        watermark_at,
        delivered_at,
        is_delivered,
        is_reached,
        is_watermark_past,
        is_within_band,
        is_delivered
        and is_watermark_past
        and is_reached
        and coalesce(is_within_band, true) as is_complete,
        case
            when delivered_at is null then 'never delivered'
            when not is_delivered then 'not delivered since the visits were'
            when not is_reached then 'has not begun at this site'
            when not is_watermark_past then 'nothing newer has come for long'
            when not is_within_band then 'far fewer than usual'
            when is_within_band is null then 'too few or too short for a band'
            when received_count > expected_high then 'more than usual'
            else 'as usual'
        end as reason
    from judged
)

select * from explained
