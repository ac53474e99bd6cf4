with

remittances as (
    select
        *,
        is_denied and not is_taken_back as is_standing_denial,
        is_decision
        and not is_denied
        and not is_taken_back as is_standing_settlement
    from {{ ref('int_remittances_resolved') }}
    where
        claim_key is not null
        and remittance_status in ('processed', 'denied', 'error', 'reversal')
),

totals as (
    select
        claim_key,
        min(adjudicated_at) filter (where remittance_status <> 'reversal')
            as first_adjudicated_at,
        max(adjudicated_at) filter (
            where is_standing_denial or is_standing_settlement
        ) as last_adjudicated_at,
        min(paid_at) filter (where paid_amount > 0) as first_paid_at,
        count(*) filter (where paid_amount > 0 and not is_taken_back)
            as standing_payment_count,
        sum(paid_amount) as paid_amount,
        sum(paid_amount + patient_amount) as allowed_amount,
        max(adjudicated_at) filter (where is_standing_denial)
            as last_denied_at,
        max(adjudicated_at) filter (where is_standing_settlement)
            as last_decided_at,
        max(coalesce(
            case when paid_amount > 0 then paid_at end, adjudicated_at
        )) filter (where is_standing_settlement) as settled_at,
        coalesce(bool_or(is_standing_denial and has_documentation_code), false)
            as has_documentation_denial
    from remittances
    group by 1
),

outcomes as (
    select
        claim_key,
        first_adjudicated_at,
        last_adjudicated_at,
        case when standing_payment_count > 0 then first_paid_at end
            as first_paid_at,
        paid_amount,
        allowed_amount,
        last_denied_at,
        case
            when
                last_denied_at is null
                or last_decided_at >= last_denied_at
                then settled_at
        end as settled_at,
        has_documentation_denial
    from totals
)

select * from outcomes
