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
)

select * from all_blockers
