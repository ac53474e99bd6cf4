with

file_loads as (
    select * from {{ ref('stg_ingest__file_loads') }}
),

limits as (
    select
        max(case when threshold = 'duplicate_share_rise' then value end)
            as share_rise,
        max(case when threshold = 'duplicate_min_ingests' then value end)
            as min_ingests
    from {{ ref('thresholds') }}
),

ingests as (
    select
        data_source,
        format,
        coalesce(feed, format) as feed,
        ingest_id,
        max(loaded_at) as loaded_at,
        sum(received_count) as received_count,
        sum(duplicate_count) as duplicate_count
    from file_loads
    group by 1, 2, 3, 4
    having sum(received_count) > 0
),

shared as (
    select
        *,
        cast(duplicate_count as double precision) / received_count
            as duplicate_share,
        rank() over (
            partition by data_source, format, feed
            order by ingest_id desc
        ) as age_rank
    from ingests
),

usual as (
    select
        data_source,
        format,
        feed,
        count(*) as ingest_count,
        percentile_cont(0.5) within group (order by duplicate_share)
            as usual_share
    from shared
    where age_rank > 1
    group by 1, 2, 3
),

compared as (
    select
        shared.*,
        usual.usual_share,
        limits.share_rise,
        coalesce(usual.ingest_count >= limits.min_ingests, false) as is_known
    from shared
    cross join limits
    left join usual
        on
            shared.data_source = usual.data_source
            and shared.format = usual.format
            and shared.feed = usual.feed
    where shared.age_rank = 1
),

judged as (
    select
        {{ surrogate_key(['data_source', 'format', 'feed']) }} as rate_key,
        data_source,
        format,
        feed,
        loaded_at,
        cast(received_count as bigint) as received_count,
        cast(duplicate_count as bigint) as duplicate_count,
        cast(duplicate_share as decimal(18, 4)) as duplicate_share,
        cast(usual_share as decimal(18, 4)) as usual_share,
        case
            when not is_known then 'unknown'
            when duplicate_share > usual_share + share_rise
                then 'more than usual'
            else 'as usual'
        end as repeats
    from compared
)

select * from judged
