with

gates as (
    select * from {{ ref('int_encounter_gates') }}
),

staged as (
    select
        *,
        case
            when is_cancelled then 'cancelled'
            when is_scheduled then 'scheduled'
            when is_visit_over is null then 'unknown'
            when not is_visit_over then 'visit'
            when not is_billable then 'non_billable'
            when is_documentation_passed is null then 'unknown'
            when not is_documentation_passed then 'documentation'
            when is_charge_passed is null then 'unknown'
            when not is_charge_passed then 'charge'
            when not is_coding_passed then 'coding'
            when not is_hold_passed then 'hold'
            when is_claim_passed is null then 'unknown'
            when not is_claim_passed then 'claim'
            when not is_acknowledgement_passed then 'acknowledgement'
            when is_settled then 'closed'
            else 'payer'
        end as stage
    from gates
),

disposed as (
    select
        *,
        case stage
            when 'cancelled' then encounter_status
            when 'non_billable' then 'non_billable'
            when 'closed' then 'settled'
        end as disposition
    from staged
)

select * from disposed
