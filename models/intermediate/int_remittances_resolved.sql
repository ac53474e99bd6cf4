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

original_claims as (
    select
        data_source,
        patient_control_number,
        min(frequency_code) as frequency_code
    from claims
    group by 1, 2
),

matched as (
    select
        remittances.*,
        coalesce(same_frequency.claim_key, original.claim_key) as claim_key,
        coalesce(denials.refused_amount, 0) as refused_amount,
        coalesce(denials.has_documentation_code, false)
            as has_documentation_code
    from remittances
    left join claims as same_frequency
        on
            remittances.data_source = same_frequency.data_source
            and remittances.patient_control_number
            = same_frequency.patient_control_number
            and remittances.frequency_code = same_frequency.frequency_code
    left join original_claims
        on
            remittances.data_source = original_claims.data_source
            and remittances.patient_control_number
            = original_claims.patient_control_number
    left join claims as original
        on
            original_claims.data_source = original.data_source
            and original_claims.patient_control_number
            = original.patient_control_number
            and original_claims.frequency_code = original.frequency_code
    left join denials
        on
            remittances.data_source = denials.data_source
            and remittances.remittance_id = denials.remittance_id
),

judged as (
    select
        *,
        coalesce(
            remittance_status = 'denied'
            or (
                paid_amount = 0
                and refused_amount > 0
                and refused_amount = charge_amount
                and patient_amount = 0
                and remittance_status = 'processed'
            ),
            false
        ) as is_denied
    from matched
)

select * from judged
