with

visits as (
    select * from {{ ref('int_insured_visits') }}
),

thresholds as (
    select * from {{ ref('thresholds') }}
),

shares as (
    select
        site_key,
        cast(
            count(*) filter (where coverage_count > 0) as double precision
        ) / count(*) as known_share
    from visits
    group by 1
),

sites as (
    select
        shares.site_key,
        shares.known_share >= thresholds.value as is_insurance_known
    from shares
    inner join thresholds
        on thresholds.threshold = 'coverage_known_share'
)

select * from sites
