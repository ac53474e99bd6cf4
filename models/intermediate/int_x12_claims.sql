with

x12_claims as (
    select * from {{ ref('stg_x12__claims') }}
),

submissions as (
    select * from {{ ref('int_claim_submissions') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
    where code_system = 'x12_claim_submission_reason'
),

with_answers as (
    select
        x12_claims.*,
        coalesce(submissions.is_rejected, false) as is_rejected_file,
        status_map.canonical_status as submission_reason
    from x12_claims
    left join submissions
        on x12_claims.submission_id = submissions.submission_id
    left join status_maps as status_map
        on x12_claims.submission_reason_code = status_map.source_status
),

canonical as (
    select
        data_source,
        'x12' as record_type,
        claim_record_id as claim_id,
        cast(null as varchar) as encounter_id,
        patient_control_number,
        frequency_code,
        cast(null as varchar) as payer_id,
        amount,
        case
            when coalesce(submission_purpose_code, '00') <> '18'
                then submitted_at
        end as created_at,
        case
            when coalesce(submission_purpose_code, '00') <> '18'
                then submitted_at_precision
        end as created_at_precision,
        'x12_837_created' as created_at_evidence,
        case
            when submission_purpose_code = '00' and not is_rejected_file
                then submitted_at
        end as submitted_at,
        case
            when submission_purpose_code = '00' and not is_rejected_file
                then submitted_at_precision
        end as submitted_at_precision,
        'x12_837_submitted' as submitted_at_evidence,
        'active' as claim_status,
        cast(null as varchar) as replaces_claim_id,
        payer_claim_number as replaces_payer_claim_number,
        submission_id,
        submitted_at as transmitted_at,
        is_rejected_file,
        implementation,
        delay_reason_code,
        undiagnosed_line_count,
        source_file_id,
        source_position,
        coalesce(submitted_at, loaded_at) as recorded_at,
        loaded_at
    from with_answers
    where
        transaction_use_code is distinct from 'RP'
        and submission_reason is distinct from 'predetermination'
        and patient_control_number is not null
)

select * from canonical
