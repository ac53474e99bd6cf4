with

flows as (
    select * from {{ ref('fct_encounter_flows') }}
),

settings as (
    select
        max(value) filter (where threshold = 'flow_window_days')
        * 86400 as window_seconds,
        max(value) filter (where threshold = 'flow_min_encounters')
            as min_encounters
    from {{ ref('thresholds') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

scopes as (
    select 'facility' as scope
    union all
    select 'organisation' as scope
),

recent as (
    select flows.*
    from flows
    cross join settings
    cross join clock
    where
        {{ seconds_between('flows.service_end_at', 'clock.as_of') }}
        <= settings.window_seconds
),

summed as (
    select
        scopes.scope,
        case when scopes.scope = 'facility' then recent.facility_key end
            as facility_key,
        count(*) as encounter_count,
        cast(sum(recent.hand_off_count) as bigint) as hand_off_count,
        cast(sum(recent.hand_off_count * recent.hand_off_count) as bigint)
            as hand_off_squares,
        count(recent.note_touch_seconds) as touch_known_count,
        cast(sum(recent.note_touch_seconds) as bigint) as touch_seconds,
        cast(
            sum(
                case
                    when recent.note_touch_seconds is not null
                        then recent.note_elapsed_seconds
                end
            ) as bigint
        ) as elapsed_seconds
    from recent
    cross join scopes
    group by 1, 2
),

spread as (
    select
        summed.*,
        settings.min_encounters,
        1.0 * summed.hand_off_count / summed.encounter_count
            as hand_offs_per_visit,
        case
            when summed.encounter_count >= settings.min_encounters
                then 1.959963984540054 * sqrt(
                    (
                        summed.hand_off_squares
                        - 1.0
                        * summed.hand_off_count
                        * summed.hand_off_count
                        / summed.encounter_count
                    )
                    / (summed.encounter_count - 1)
                    / summed.encounter_count
                )
        end as reach
    from summed
    cross join settings
),

reported as (
    select
        scope,
        facility_key,
        encounter_count,
        hand_off_count,
        cast(hand_offs_per_visit as decimal(18, 2)) as hand_offs_per_visit,
        cast(hand_offs_per_visit - reach as decimal(18, 2))
            as hand_offs_per_visit_low,
        cast(hand_offs_per_visit + reach as decimal(18, 2))
            as hand_offs_per_visit_high,
        touch_known_count,
        cast(touch_seconds / 3600.0 as decimal(18, 2)) as touch_hours,
        cast(elapsed_seconds / 3600.0 as decimal(18, 2)) as elapsed_hours,
        case
            when touch_known_count >= min_encounters
                then
                    cast(
                        1.0 * touch_seconds / nullif(elapsed_seconds, 0)
                        as decimal(18, 4)
                    )
        end as note_flow_efficiency
    from spread
)

select * from reported
