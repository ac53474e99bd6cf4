with

remittances as (
    select * from {{ ref('int_remittances') }}
),

denials as (
    select * from {{ ref('int_remittance_denials') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

claims_of_a_number as (
    select
        remittances.data_source,
        remittances.remittance_id,
        claims.claim_key,
        row_number() over (
            partition by remittances.data_source, remittances.remittance_id
            order by
                case
                    when claims.frequency_code = remittances.frequency_code
                        then 0
                    else 1
                end asc,
                case when claims.claim_kind = 'void' then 1 else 0 end asc,
                case
                    when
                        claims.first_transmitted_at
                        <= remittances.adjudicated_at
                        then claims.first_transmitted_at
                end desc nulls last,
                claims.frequency_code asc,
                claims.claim_key asc
        ) as claim_rank
    from remittances
    inner join claims
        on
            remittances.data_source = claims.data_source
            and remittances.patient_control_number
            = claims.patient_control_number
),

matched as (
    select
        remittances.*,
        claims_of_a_number.claim_key,
        coalesce(denials.refused_amount, 0) as refused_amount,
        coalesce(denials.has_documentation_code, false)
            as has_documentation_code,
        coalesce(denials.has_denying_code, false) as has_denying_code,
        coalesce(denials.is_duplicate, false) as is_duplicate
    from remittances
    left join claims_of_a_number
        on
            remittances.data_source = claims_of_a_number.data_source
            and remittances.remittance_id = claims_of_a_number.remittance_id
            and claims_of_a_number.claim_rank = 1
    left join denials
        on
            remittances.data_source = denials.data_source
            and remittances.remittance_id = denials.remittance_id
),

judged as (
    select
        *,
        remittance_status in ('processed', 'denied')
        and not is_duplicate as is_decision,
        coalesce(
            not is_duplicate
            and (
                remittance_status = 'denied'
                or (
                    paid_amount = 0
                    and has_denying_code
                    and refused_amount = charge_amount
                    and patient_amount = 0
                    and remittance_status = 'processed'
                )
            ),
            false
        ) as is_denied
    from matched
),

counted as (
    select
        *,
        count(case when remittance_status = 'reversal' then 1 end)
            over same_bill as reversal_count,
        max(case when remittance_status = 'reversal' then adjudicated_at end)
            over same_bill as last_reversed_at,
        count(case when is_decision then 1 end) over (
            partition by
                data_source, patient_control_number, abs(charge_amount)
            order by adjudicated_at asc, is_denied desc, remittance_id asc
            rows between unbounded preceding and current row
        ) as decision_number
    from judged
    window same_bill as (
        partition by data_source, patient_control_number, abs(charge_amount)
    )
),

standing as (
    select
        *,
        coalesce(
            is_decision
            and adjudicated_at <= last_reversed_at
            and decision_number <= reversal_count,
            false
        ) as is_taken_back
    from counted
),

paid as (
    select
        *,
        coalesce(
            bool_or(paid_amount > 0 and is_decision and not is_taken_back)
                over (partition by data_source, patient_control_number),
            false
        ) as has_standing_payment
    from standing
)

select * from paid
