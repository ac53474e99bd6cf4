with

encounter_events as (
    select * from {{ ref('stg_hl7v2__encounter_events') }}
),

events as (
    select * from {{ ref('hl7v2_events') }}
),

visit_events as (
    select
        encounter_events.*,
        coalesce(encounter_events.attending_npi, encounter_events.attending_id)
            as provider_npi,
        events.encounter_status,
        events.arrival,
        events.care_start,
        events.care_end,
        row_number() over (
            partition by
                encounter_events.data_source, encounter_events.encounter_id
            order by
                encounter_events.sent_at asc nulls first,
                coalesce(
                    encounter_events.event_occurred_at,
                    encounter_events.event_recorded_at
                ) asc nulls first,
                encounter_events.message_key asc,
                encounter_events.visit_index asc
        ) as message_rank
    from encounter_events
    inner join events
        on
            encounter_events.message_type = events.message_type
            and encounter_events.trigger_event = events.trigger_event
    where
        events.concerns = 'visit'
        and encounter_events.encounter_id is not null
),

timed as (
    select
        *,
        coalesce(event_occurred_at, admitted_at, event_recorded_at)
            as came_at,
        case
            when event_occurred_at is not null then event_occurred_at_precision
            when admitted_at is not null then admitted_at_precision
            else event_recorded_at_precision
        end as came_at_precision,
        case
            when coalesce(event_occurred_at, admitted_at) is not null
                then 'occurred'
            else 'recorded'
        end as came_at_field,
        coalesce(discharged_at, event_occurred_at, event_recorded_at)
            as left_at,
        case
            when discharged_at is not null then discharged_at_precision
            when event_occurred_at is not null then event_occurred_at_precision
            else event_recorded_at_precision
        end as left_at_precision,
        case
            when coalesce(discharged_at, event_occurred_at) is not null
                then 'occurred'
            else 'recorded'
        end as left_at_field
    from visit_events
),

with_resets as (
    select
        *,
        coalesce(arrival = 'sets', false) and message_rank > coalesce(
            max(case when arrival = 'clears' then message_rank end)
                over whole_visit, 0
        ) as is_arrival,
        coalesce(care_start = 'sets', false) and message_rank > coalesce(
            max(case when care_start = 'clears' then message_rank end)
                over whole_visit, 0
        ) as is_start,
        coalesce(care_end = 'sets', false) and message_rank > coalesce(
            max(case when care_end = 'clears' then message_rank end)
                over whole_visit, 0
        ) as is_end
    from timed
    window whole_visit as (partition by data_source, encounter_id)
)

select * from with_resets
