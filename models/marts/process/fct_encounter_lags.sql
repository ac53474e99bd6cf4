with

encounters as (
    select * from {{ ref('fct_encounters') }}
),

events as (
    select * from {{ ref('fct_encounter_events') }}
    where is_effective
),

exit_blockers as (
    select * from {{ ref('blockers') }}
    where stage = 'exit'
),

lag_pairs as (
    select * from {{ ref('lag_pairs') }}
),

stages as (
    select * from {{ ref('stages') }}
),

wide_evidence as (
    select * from {{ ref('thresholds') }}
    where threshold = 'lag_wide_evidence'
),

clock as (
    select * from {{ ref('int_clock') }}
),

pairs as (
    select
        lag_pairs.*,
        first_stages.stage_order as open_from,
        last_stages.stage_order as open_to
    from lag_pairs
    inner join stages as first_stages
        on lag_pairs.first_stage = first_stages.stage
    inner join stages as last_stages
        on lag_pairs.last_stage = last_stages.stage
),

times as (
    select
        events.encounter_key,
        events.milestone,
        encounters.data_source,
        coalesce(events.lower_at, events.occurred_at) as from_at,
        coalesce(events.upper_at, events.occurred_at) as to_at,
        events.precision in ('day', 'month') as is_day,
        events.grade in ('D', 'U')
        or events.lower_at is null
        or {{ seconds_between('events.lower_at', 'events.upper_at') }}
        > 3600 * wide_evidence.value as is_wide
    from events
    inner join encounters
        on events.encounter_key = encounters.encounter_key
    cross join wide_evidence
),

beginnings as (
    select
        data_source,
        milestone,
        date_trunc('day', min(to_at)) as told_from
    from times
    group by 1, 2
),

judged as (
    select
        times.encounter_key,
        pairs.lag,
        times.from_at as began_at,
        beginnings.told_from,
        times.is_wide or coalesce(ends.is_wide, false) as is_wide,
        case
            when ends.to_at < times.from_at and not pairs.may_be_negative
                then 'not_known'
            when ends.encounter_key is not null then 'event'
            when exit_blockers.blocker_code is not null then 'exit'
            when pairs.is_ended_by_closing and encounters.closed_at is not null
                then 'exit'
            when stages.stage_order between pairs.open_from and pairs.open_to
                then 'open'
            else 'not_known'
        end as outcome,
        case
            -- From one day to another are whole days.
            when times.is_day and ends.is_day then ends.from_at
            when ends.encounter_key is not null then ends.to_at
            when exit_blockers.blocker_code is not null
                then encounters.owner_since
            when pairs.is_ended_by_closing
                then coalesce(encounters.closed_at, clock.as_of)
            else clock.as_of
        end as ended_at,
        pairs.is_for_some
    from times
    inner join pairs
        on times.milestone = pairs.from_milestone
    inner join beginnings
        on
            times.data_source = beginnings.data_source
            and pairs.to_milestone = beginnings.milestone
    inner join encounters
        on times.encounter_key = encounters.encounter_key
    inner join stages
        on encounters.stage = stages.stage
    left join times as ends
        on
            times.encounter_key = ends.encounter_key
            and pairs.to_milestone = ends.milestone
    left join exit_blockers
        on encounters.primary_blocker_code = exit_blockers.blocker_code
    cross join clock
),

measured as (
    select
        encounter_key,
        lag,
        case
            when told_from > began_at and told_from >= ended_at then 'not_known'
            else outcome
        end as outcome,
        is_wide,
        began_at,
        ended_at,
        case
            when told_from > began_at
                then {{ whole_minutes_between('began_at', 'told_from') }}
        end as entered_minutes,
        {{ whole_minutes_up('began_at', 'ended_at') }} as waited_minutes
    from judged
    where
        (outcome <> 'exit' or ended_at > began_at)
        and (outcome in ('event', 'open') or not is_for_some)
)

select * from measured
