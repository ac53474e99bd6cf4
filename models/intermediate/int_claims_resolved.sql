with

claim_records as (
    select * from {{ ref('int_claims') }}
),

resolved as (
    select
        claim_key,
        data_source,
        patient_control_number,
        frequency_code,
        coalesce(
            min(claim_id) filter (where record_type <> 'x12'),
            min(claim_id)
        ) as claim_id,
        max(payer_id) as payer_id,
        coalesce(
            max(amount) filter (where record_type = 'x12'),
            max(amount)
        ) as claim_amount,
        coalesce(
            min(created_at) filter (where record_type <> 'x12'),
            min(created_at)
        ) as created_at,
        min(submitted_at) as submitted_at,
        min(claim_status) filter (where record_type <> 'x12') as claim_status,
        count(*) as record_count,
        max(loaded_at) as loaded_at
    from claim_records
    group by 1, 2, 3, 4
)

select * from resolved
