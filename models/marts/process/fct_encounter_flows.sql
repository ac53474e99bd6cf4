{% set signs = [
    'asked', 'stopped', 'refused_at_clearinghouse', 'refused_at_payer'
] %}

with

encounters as (
    select * from {{ ref('fct_encounters') }}
    where
        service_end_at is not null
        and stage not in ('unknown', 'cancelled', 'non_billable')
),

hand_offs as (
    select * from {{ ref('fct_hand_offs') }}
),

stage_spans as (
    select * from {{ ref('fct_encounter_stages') }}
    where stage <> 'unknown'
),

blockers as (
    select * from {{ ref('fct_encounter_blockers') }}
),

rework_kinds as (
    select * from {{ ref('rework_kinds') }}
    where blocker_code is not null
),

claims as (
    select * from {{ ref('fct_claims') }}
    where claim_kind in ('replacement', 'void')
),

links as (
    select * from {{ ref('bridge_encounters_claims') }}
),

events as (
    select * from {{ ref('fct_encounter_events') }}
    where is_effective and grade = 'A' and precision in ('instant', 'minute')
),

settings as (
    select
        max(value) filter (where threshold = 'rework_settle_days')
        * 86400 as settle_seconds,
        max(value) filter (where threshold = 'touch_longest_minutes')
        * 60 as longest_seconds
    from {{ ref('thresholds') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

handed_off as (
    select
        encounter_key,
        count(*) as hand_off_count
    from hand_offs
    group by 1
),

returned as (
    select
        encounter_key,
        count(*) - count(distinct stage) as returned_count
    from stage_spans
    group by 1
),

blocked as (
    select
        blockers.encounter_key,
        count(*) filter (where rework_kinds.rework_kind = 'asked')
            as asked_count,
        count(*) filter (where rework_kinds.rework_kind = 'stopped')
            as stopped_count,
        count(*) filter (
            where rework_kinds.rework_kind = 'refused_at_clearinghouse'
        ) as refused_at_clearinghouse_count,
        count(*) filter (where rework_kinds.rework_kind = 'refused_at_payer')
            as refused_at_payer_count
    from blockers
    inner join rework_kinds
        on blockers.blocker_code = rework_kinds.blocker_code
    group by 1
),

billed_again as (
    select
        links.encounter_key,
        count(*) as billed_again_count
    from links
    inner join claims
        on links.claim_key = claims.claim_key
    group by 1
),

notes as (
    select
        encounter_key,
        max(occurred_at) filter (where milestone = 'note_started_at')
            as begun_at,
        max(occurred_at) filter (where milestone = 'author_signed_at')
            as signed_at
    from events
    where milestone in ('note_started_at', 'author_signed_at')
    group by 1
),

joined as (
    select
        encounters.encounter_key,
        encounters.facility_key,
        encounters.service_end_at,
        {{ seconds_between('encounters.service_end_at', 'clock.as_of') }}
        >= settings.settle_seconds as is_mature,
        {% for kind in ['hand_off', 'returned'] + signs + ['billed_again'] %}
        cast(coalesce({{ kind }}_count, 0) as bigint) as {{ kind }}_count,
        {% endfor %}
        cast(encounters.reopen_count as bigint) as reopened_count,
        case
            when
                notes.begun_at >= encounters.service_end_at
                and notes.signed_at >= notes.begun_at
                and {{ seconds_between('notes.begun_at', 'notes.signed_at') }}
                <= settings.longest_seconds
                then
                    {{ seconds_between('notes.begun_at', 'notes.signed_at') }}
        end as note_touch_seconds,
        {{ seconds_between('encounters.service_end_at', 'notes.signed_at') }}
            as note_elapsed_seconds
    from encounters
    cross join settings
    cross join clock
    {% for name in [
        'handed_off', 'returned', 'blocked', 'billed_again', 'notes'
    ] %}
    left join {{ name }}
        on encounters.encounter_key = {{ name }}.encounter_key
    {% endfor %}
)

select * from joined
