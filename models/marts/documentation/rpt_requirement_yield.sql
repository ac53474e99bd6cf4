with

outcomes as (
    select * from {{ ref('rpt_requirement_outcomes') }}
),

requirements as (
    select * from {{ ref('documentation_requirements') }}
    where blocker_code is not null
),

min_count as (
    select * from {{ ref('thresholds') }}
    where threshold = 'pattern_min_count'
),

raised as (
    select
        requirement_id,
        min(requirement) as requirement,
        min(blocker_code) as blocker_code
    from requirements
    group by 1
),

shared as (
    select
        blocker_code,
        count(*) > 1 as is_shared_blocker
    from raised
    group by 1
),

counted as (
    select
        requirement_id,
        count(*) filter (where result is not null) as applied_count,
        count(*) filter (where result = 'unknown') as unknown_count,
        count(*) filter (where is_flagged) as found_count,
        count(*) filter (where is_flagged and is_open) as open_count,
        count(*) filter (where is_flagged and is_cured) as cured_count,
        count(*) filter (
            where is_flagged and not is_open and result is null
        ) as false_alarm_count,
        count(*) filter (
            where
            is_flagged
            and not is_open
            and not is_cured
            and result is not null
        ) as too_late_count,
        count(*) filter (where result = 'not_met' and is_sent)
            as sent_anyway_count,
        count(*) filter (where result = 'not_met' and is_sent and is_denied)
            as sent_anyway_denied_count,
        count(*) filter (where is_denied) as denied_count,
        count(*) filter (where is_denied and not is_flagged)
            as denied_unseen_count
    from outcomes
    group by 1
),

weighed as (
    select
        counted.requirement_id,
        raised.requirement,
        raised.blocker_code,
        shared.is_shared_blocker,
        counted.applied_count,
        counted.unknown_count,
        counted.found_count,
        counted.open_count,
        counted.cured_count,
        counted.false_alarm_count,
        counted.too_late_count,
        counted.sent_anyway_count,
        counted.denied_count,
        counted.denied_unseen_count,
        cast(case
            when counted.sent_anyway_count >= min_count.value
                then
                    1.0 * counted.cured_count
                    * counted.sent_anyway_denied_count
                    / counted.sent_anyway_count
        end as decimal(18, 1)) as prevented_count
    from counted
    cross join min_count
    inner join raised
        on counted.requirement_id = raised.requirement_id
    inner join shared
        on raised.blocker_code = shared.blocker_code
)

select * from weighed
