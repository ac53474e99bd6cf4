with

all_blockers as (
    select * from {{ ref('int_scheduling_blockers') }}
    union all
    select * from {{ ref('int_visit_blockers') }}
    union all
    select * from {{ ref('int_documentation_blockers') }}
    union all
    select * from {{ ref('int_charge_blockers') }}
    union all
    select * from {{ ref('int_coding_blockers') }}
    union all
    select * from {{ ref('int_hold_blockers') }}
    union all
    select * from {{ ref('int_claim_blockers') }}
    union all
    select * from {{ ref('int_acknowledgement_blockers') }}
    union all
    select * from {{ ref('int_payer_blockers') }}
    union all
    select * from {{ ref('int_deadline_blockers') }}
    union all
    select * from {{ ref('int_exit_blockers') }}
    union all
    select * from {{ ref('int_quality_blockers') }}
    union all
    select * from {{ ref('int_data_blockers') }}
    union all
    select * from {{ ref('int_registration_blockers') }}
),

blockers as (
    select * from {{ ref('blockers') }}
),

clock as (
    select * from {{ ref('int_clock') }}
),

known as (
    select
        all_blockers.encounter_key,
        all_blockers.blocker_code,
        all_blockers.started_at,
        case
            when all_blockers.ended_at <= clock.as_of
                then all_blockers.ended_at
        end as ended_at,
        all_blockers.evidence,
        blockers.stage as blocker_stage,
        blockers.owner_role,
        blockers.is_delay
    from all_blockers
    cross join clock
    inner join blockers
        on all_blockers.blocker_code = blockers.blocker_code
    where coalesce(all_blockers.started_at <= clock.as_of, true)
)

select * from known
