with

evidence as (
    select * from {{ ref('int_graded_evidence') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by encounter_key, milestone
            order by
                case when quarantine_reason is null then 0 else 1 end asc,
                authority_rank asc,
                grade asc,
                case when pick = 'earliest' then occurred_at end asc,
                case when pick = 'latest' then occurred_at end desc,
                source_file_id asc nulls last,
                source_position asc nulls last,
                evidence_source asc
        ) as evidence_rank
    from evidence
),

events as (
    select
        encounter_key,
        milestone,
        evidence_source,
        occurred_at,
        case
            when precision in ('day', 'month') then cast(occurred_at as date)
            else {{ local_day('occurred_at', 'time_zone') }}
        end as local_date,
        precision,
        grade,
        case
            when known_upper_at is not null then known_lower_at
            when precision in ('day', 'month')
                then {{ local_time_to_utc('occurred_at', 'time_zone') }}
            else occurred_at
        end as lower_at,
        case
            when known_upper_at is not null then known_upper_at
            when precision = 'month'
                then {{ local_time_to_utc(
                    "(occurred_at + interval '1' month)", 'time_zone'
                ) }}
            when precision = 'day'
                then {{ local_time_to_utc(
                    "(occurred_at + interval '1' day)", 'time_zone'
                ) }}
            when precision = 'minute' then occurred_at + interval '1' minute
            else occurred_at
        end as upper_at,
        source_file_id,
        source_position,
        recorded_at,
        quarantine_reason,
        quarantine_reason is null and evidence_rank = 1 as is_effective
    from ranked
)

select * from events
