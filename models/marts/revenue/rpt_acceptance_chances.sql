with

spans as (
    select * from {{ ref('fct_encounter_stages') }}
),

encounters as (
    select
        *,
        least(payer_accepted_at, first_adjudicated_at) as accepted_at
    from {{ ref('fct_encounters') }}
    where service_end_at is not null
),

stages as (
    select * from {{ ref('stages') }}
    where is_waiting_for_money
),

age_buckets as (
    select * from {{ ref('age_buckets') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

aged as (
    select
        spans.encounter_key,
        spans.stage,
        age_buckets.age_bucket,
        {{ add_seconds(
            'encounters.service_end_at',
            'cast(age_buckets.min_days as bigint) * 86400'
        ) }} as seen_at,
        encounters.accepted_at,
        coalesce(encounters.accepted_at, encounters.closed_at, clock.as_of)
            as followed_until,
        spans.started_at,
        coalesce(spans.ended_at, clock.as_of) as ended_at
    from spans
    inner join stages
        on spans.stage = stages.stage
    inner join encounters
        on spans.encounter_key = encounters.encounter_key
    cross join age_buckets
    cross join clock
),

followed as (
    select
        stage,
        age_bucket,
        {{ whole_days('seen_at', 'followed_until') }} as days,
        accepted_at is not null as is_accepted
    from aged
    where
        seen_at >= started_at
        and seen_at < ended_at
        and seen_at < followed_until
),

counted as (
    select
        stage,
        age_bucket,
        days,
        count(*) as visit_count,
        count(*) filter (where is_accepted) as accepted_count
    from followed
    group by 1, 2, 3
),

at_risk as (
    select
        *,
        sum(visit_count) over (
            partition by stage, age_bucket
            order by days desc
            rows between unbounded preceding and current row
        ) as at_risk_count,
        sum(accepted_count) over (
            partition by stage, age_bucket
        ) as all_accepted_count
    from counted
),

estimated as (
    select
        stage,
        age_bucket,
        days,
        cast(at_risk_count as bigint) as at_risk_count,
        accepted_count,
        cast(all_accepted_count as bigint) as all_accepted_count,
        cast({{ product_so_far(
            '(1 - 1.0 * accepted_count / at_risk_count)',
            'stage, age_bucket', 'days'
        ) }} as decimal(18, 6)) as open_share
    from at_risk
)

select * from estimated
