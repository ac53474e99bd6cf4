with

chain_events as (
    select * from {{ ref('int_chain_events') }}
),

event_types as (
    select * from {{ ref('claim_event_types') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

tolerance as (
    select * from {{ ref('thresholds') }}
    where threshold = 'future_tolerance_minutes'
),

placed as (
    select
        chain_events.*,
        row_number() over (
            partition by chain_events.chain_key
            order by
                chain_events.order_at asc,
                event_types.event_order asc,
                chain_events.event_type asc,
                chain_events.evidence asc
        ) as event_number
    from chain_events
    inner join event_types
        on chain_events.event_type = event_types.event_type
    cross join clock
    cross join tolerance
    where
        chain_events.occurred_at
        <= {{ add_seconds('clock.as_of', 'tolerance.value * 60') }}
)

select * from placed
