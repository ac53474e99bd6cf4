with

documentation as (
    select * from {{ ref('int_encounter_documentation') }}
),

charge_completions as (
    select * from {{ ref('int_charge_completions') }}
),

settlements as (
    select * from {{ ref('int_encounter_settlements') }}
),

coding as (
    select * from {{ ref('int_encounter_coding') }}
),

holds as (
    select
        encounter_key,
        count(*) - count(ended_at) as open_hold_count,
        max(ended_at) as last_released_at
    from {{ ref('int_encounter_holds') }}
    where blocker_stage in ('documentation', 'charge', 'coding', 'hold')
    group by 1
),

readiness as (
    select
        documentation.encounter_key,
        documentation.documentation_complete_precision,
        documentation.documentation_complete_at,
        greatest(
            documentation.documentation_complete_at,
            charge_completions.charges_complete_at,
            coding.coded_at,
            holds.last_released_at
        ) as ready_at
    from documentation
    inner join charge_completions
        on documentation.encounter_key = charge_completions.encounter_key
    left join coding
        on documentation.encounter_key = coding.encounter_key
    left join holds
        on documentation.encounter_key = holds.encounter_key
    where
        documentation.documentation_complete_at is not null
        and charge_completions.charges_complete_at is not null
        and coalesce(coding.open_task_count, 0) = 0
        and coalesce(holds.open_hold_count, 0) = 0
),

dated_readiness as (
    select
        *,
        documentation_complete_precision = 'day'
        and cast(ready_at as date) <= cast(documentation_complete_at as date)
            as is_known_by_day
    from readiness
),

derived_times as (
    select
        encounter_key,
        'documents_complete' as evidence_source,
        documentation_complete_at as occurred_at,
        documentation_complete_precision as precision
    from documentation
    where not coalesce(is_complete_by_status, false)
    union all
    select
        encounter_key,
        'readiness' as evidence_source,
        case
            when is_known_by_day then documentation_complete_at
            else ready_at
        end as occurred_at,
        case when is_known_by_day then 'day' else 'instant' end as precision
    from dated_readiness
    union all
    select
        encounter_key,
        'payer_balance_zero' as evidence_source,
        settled_at as occurred_at,
        case
            when settled_at = date_trunc('day', settled_at) then 'day'
            else 'instant'
        end as precision
    from settlements
    where is_settled
),

dated_times as (
    select
        *,
        cast(null as varchar) as source_file_id,
        cast(null as bigint) as source_position,
        occurred_at as recorded_at
    from derived_times
),

known_times as (
    select * from dated_times
    where occurred_at is not null
)

select * from known_times
