with

mergers as (
    select * from {{ ref('stg_hl7v2__merges') }}
),

unlinks as (
    select * from {{ ref('stg_hl7v2__unlinks') }}
),

merge_events as (
    select * from {{ ref('merge_events') }}
),

merged as (
    select
        mergers.data_source,
        merge_events.entity,
        merge_events.effect,
        case merge_events.entity
            when 'patient' then mergers.prior_patient_id
            when 'account'
                then coalesce(mergers.prior_account_id, mergers.account_id)
            when 'visit' then coalesce(mergers.prior_visit_id, mergers.visit_id)
        end as prior_id,
        case merge_events.entity
            when 'patient' then mergers.patient_id
            when 'account'
                then coalesce(mergers.account_id, mergers.prior_account_id)
            when 'visit' then coalesce(mergers.visit_id, mergers.prior_visit_id)
        end as surviving_id,
        mergers.patient_id,
        coalesce(
            mergers.event_occurred_at,
            mergers.event_recorded_at,
            mergers.sent_at
        ) as effective_at,
        mergers.sent_at as recorded_at,
        mergers.source_file_id,
        mergers.source_position,
        mergers.loaded_at
    from mergers
    inner join merge_events
        on mergers.trigger_event = merge_events.trigger_event
    where mergers.message_type = 'ADT'
),

unlinked as (
    select
        unlinks.data_source,
        merge_events.entity,
        merge_events.effect,
        case merge_events.entity
            when 'patient' then unlinks.patient_id
            when 'account' then unlinks.account_id
            when 'visit' then unlinks.visit_id
        end as prior_id,
        case merge_events.entity
            when 'patient' then others.patient_id
            when 'account' then others.account_id
            when 'visit' then others.visit_id
        end as surviving_id,
        cast(null as varchar) as patient_id,
        coalesce(
            unlinks.event_occurred_at,
            unlinks.event_recorded_at,
            unlinks.sent_at
        ) as effective_at,
        unlinks.sent_at as recorded_at,
        unlinks.source_file_id,
        unlinks.source_position,
        unlinks.loaded_at
    from unlinks
    inner join unlinks as others
        on
            unlinks.message_key = others.message_key
            and unlinks.patient_index <> others.patient_index
    inner join merge_events
        on unlinks.trigger_event = merge_events.trigger_event
),

all_merges as (
    select * from merged
    union all
    select * from unlinked
)

select * from all_merges
