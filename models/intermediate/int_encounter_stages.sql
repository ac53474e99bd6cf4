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
            when is_claim_passed is null then 'unknown'
            when not is_claim_passed then 'claim'
            when is_settled then 'closed'
            else 'payer'
        end as stage,
        case missing_item
            when 'note' then 'DOC-01'
            when 'signature' then 'DOC-02'
            when 'cosignature' then 'DOC-05'
        end as documentation_blocker_code,
        case when has_claim then 'CLM-03' else 'CLM-01' end
            as claim_blocker_code,
        case
            when last_denied_at is null then 'PAY-02'
            when has_documentation_denial then 'PAY-03'
            else 'PAY-04'
        end as payer_blocker_code
    from gates
),

explained as (
    select
        *,
        case stage
            when 'cancelled' then 'NB-01'
            when 'non_billable' then 'NB-04'
            when 'unknown' then 'DQ-01'
            when 'documentation' then documentation_blocker_code
            when 'charge' then 'CHG-01'
            when 'claim' then claim_blocker_code
            when 'payer' then payer_blocker_code
        end as primary_blocker_code,
        case stage
            when 'cancelled' then encounter_status
            when 'non_billable' then 'non_billable'
            when 'closed' then 'settled'
        end as disposition
    from staged
)

select * from explained
