with

events as (
    select * from {{ ref('int_claim_events') }}
),

rules as (
    select * from {{ ref('claim_blocker_rules') }}
),

placed as (
    select
        *,
        max(case when event_type = 'submitted' then event_number end)
            over chain_so_far as last_submitted,
        max(case when event_type = 'voided' then event_number end)
            over chain_so_far as last_voided
    from events
    window chain_so_far as (
        partition by chain_key
        order by event_number
        rows between unbounded preceding and current row
    )
),

parts as (
    select
        placed.chain_key,
        placed.data_source,
        placed.claim_key,
        placed.event_number,
        placed.event_type,
        placed.order_at,
        placed.evidence,
        placed.loaded_at,
        rules.rule_id,
        rules.blocker_code,
        rules.starts
        and (
            rules.starts_while_voided
            or placed.last_voided is null
            or coalesce(placed.last_submitted > placed.last_voided, false)
        ) as starts,
        rules.ends
    from placed
    inner join rules
        on placed.event_type = rules.event_type
),

neighbours as (
    select
        *,
        max(case when starts then event_number end) over before_it
            as last_start,
        max(case when ends then event_number end) over up_to_it as last_end,
        min(case when ends then event_number end) over after_it as next_end
    from parts
    window
        before_it as (
            partition by chain_key, rule_id
            order by event_number
            rows between unbounded preceding and 1 preceding
        ),
        up_to_it as (
            partition by chain_key, rule_id
            order by event_number
            rows between unbounded preceding and current row
        ),
        after_it as (
            partition by chain_key, rule_id
            order by event_number
            rows between 1 following and unbounded following
        )
),

starts as (
    select * from neighbours
    where
        starts
        and (last_start is null or coalesce(last_end >= last_start, false))
),

intervals as (
    select
        starts.chain_key,
        starts.data_source,
        starts.claim_key,
        starts.rule_id,
        starts.blocker_code,
        starts.event_type as started_by,
        starts.order_at as started_at,
        ending.event_type as ended_by,
        ending.order_at as ended_at,
        starts.evidence,
        starts.loaded_at
    from starts
    left join events as ending
        on
            starts.chain_key = ending.chain_key
            and starts.next_end = ending.event_number
)

select * from intervals
