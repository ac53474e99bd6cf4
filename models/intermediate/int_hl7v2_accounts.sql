with

account_messages as (
    select * from {{ ref('stg_hl7v2__accounts') }}
),

ranked as (
    select
        *,
        coalesce(event_occurred_at, event_recorded_at) as event_at,
        case
            when event_occurred_at is not null then event_occurred_at_precision
            else event_recorded_at_precision
        end as event_at_precision,
        case
            when event_occurred_at is not null then 'occurred'
            else 'recorded'
        end as event_at_field,
        row_number() over (
            partition by data_source, encounter_id
            order by
                sent_at asc nulls first,
                coalesce(event_occurred_at, event_recorded_at)
                asc nulls first,
                message_key asc,
                patient_index asc,
                visit_index asc
        ) as message_rank
    from account_messages
    where encounter_id is not null
),

accounts as (
    select
        data_source,
        encounter_id,
        {{ hl7v2_last('account_number', 'account_number is not null') }}
            as account_number,
        {{ hl7v2_last('balance_amount', 'balance_amount is not null') }}
            as balance_amount,
        {{ hl7v2_last('charged_amount', 'charged_amount is not null') }}
            as charged_amount,
        {{ hl7v2_last('trigger_event') }} as last_event,
        {{ hl7v2_last('event_at') }} as event_at,
        {{ hl7v2_last('event_at_precision') }} as event_at_precision,
        {{ hl7v2_last('event_at_field') }} as event_at_field,
        {{ hl7v2_last('source_file_id') }} as source_file_id,
        {{ hl7v2_last('source_position') }} as source_position,
        coalesce(max(sent_at), max(loaded_at)) as recorded_at,
        max(loaded_at) as loaded_at
    from ranked
    group by 1, 2
),

keyed as (
    select
        {{ surrogate_key(['data_source', 'encounter_id']) }} as encounter_key,
        data_source,
        encounter_id,
        account_number,
        balance_amount,
        charged_amount,
        case
            when last_event = 'P06' and balance_amount = 0 then event_at
        end as closed_at,
        event_at_precision as closed_at_precision,
        'hl7v2_account_' || event_at_field as closed_at_evidence,
        source_file_id,
        source_position,
        recorded_at,
        loaded_at
    from accounts
)

select * from keyed
