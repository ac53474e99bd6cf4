{%- set place = ['source_file_id', 'source_position'] -%}

with

claim_records as (
    select * from {{ ref('int_claims') }}
),

chain_members as (
    select * from {{ ref('int_claim_chain_members') }}
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
        min(claim_kind) as claim_kind,
        max(submitted_at) as last_submitted_at,
        min(transmitted_at) filter (where not is_rejected_file)
            as first_transmitted_at,
        max(transmitted_at) filter (where not is_rejected_file)
            as last_transmitted_at,
        max(transmitted_at) filter (where is_rejected_file)
            as last_rejected_file_at,
        count(distinct submitted_at) filter (where record_type = 'x12')
            as submission_count,
        max(implementation) as implementation,
        max(delay_reason_code) as delay_reason_code,
        max(loaded_at) as loaded_at,
        {{ of_first_row('source_file_id', place) }} as source_file_id,
        {{ of_first_row('source_position', place) }} as source_position
    from claim_records
    group by 1, 2, 3, 4
),

chained as (
    select
        resolved.*,
        chain_members.chain_key
    from resolved
    inner join chain_members
        on
            resolved.data_source = chain_members.data_source
            and resolved.patient_control_number
            = chain_members.patient_control_number
)

select * from chained
