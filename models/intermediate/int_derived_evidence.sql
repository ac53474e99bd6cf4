with

documentation as (
    select * from {{ ref('int_encounter_documentation') }}
),

encounter_charges as (
    select * from {{ ref('int_encounter_charges') }}
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
    where blocker_stage = 'hold'
    group by 1
),

derived_times as (
    select
        encounter_key,
        'documents_complete' as evidence_source,
        documentation_complete_at as occurred_at
    from documentation
    where not coalesce(is_complete_by_status, false)
    union all
    select
        documentation.encounter_key,
        'readiness' as evidence_source,
        greatest(
            documentation.documentation_complete_at,
            encounter_charges.charges_complete_at,
            coding.coded_at,
            holds.last_released_at
        ) as occurred_at
    from documentation
    inner join encounter_charges
        on documentation.encounter_key = encounter_charges.encounter_key
    left join coding
        on documentation.encounter_key = coding.encounter_key
    left join holds
        on documentation.encounter_key = holds.encounter_key
    where
        documentation.documentation_complete_at is not null
        and encounter_charges.charges_complete_at is not null
        and coalesce(coding.open_task_count, 0) = 0
        and coalesce(holds.open_hold_count, 0) = 0
    union all
    select
        encounter_key,
        'payer_balance_zero' as evidence_source,
        settled_at as occurred_at
    from settlements
    where is_settled
),

dated_times as (
    select
        encounter_key,
        evidence_source,
        occurred_at,
        case
            when
                evidence_source = 'payer_balance_zero'
                and occurred_at = date_trunc('day', occurred_at)
                then 'day'
            else 'instant'
        end as precision,
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
