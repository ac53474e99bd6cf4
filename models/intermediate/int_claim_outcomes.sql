with

remittances as (
    select * from {{ ref('int_remittances_resolved') }}
),

outcomes as (
    select
        claim_key,
        min(adjudicated_at) filter (where remittance_status <> 'reversal')
            as first_adjudicated_at,
        min(paid_at) filter (where paid_amount > 0) as first_paid_at,
        sum(paid_amount) as paid_amount,
        sum(paid_amount + patient_amount) as allowed_amount,
        max(adjudicated_at) filter (where is_denied) as last_denied_at,
        max(coalesce(
            case when paid_amount > 0 then paid_at end, adjudicated_at
        )) filter (where remittance_status = 'processed' and not is_denied)
            as settled_at,
        bool_or(is_denied and has_documentation_code)
            as has_documentation_denial
    from remittances
    where
        claim_key is not null
        and remittance_status in ('processed', 'denied', 'reversal')
    group by 1
)

select * from outcomes
