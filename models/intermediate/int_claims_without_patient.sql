with

claim_lines as (
    select * from {{ ref('int_unlinked_claim_lines') }}
    where service_at is not null
),

claim_patients as (
    select * from {{ ref('int_unlinked_claim_patients') }}
),

unknown as (
    select
        claim_lines.data_source,
        claim_lines.patient_control_number,
        claim_lines.provider_npi,
        cast(claim_lines.service_at as date) as service_date,
        claim_lines.source_file_id,
        claim_lines.source_position
    from claim_lines
    left join claim_patients
        on
            claim_lines.data_source = claim_patients.data_source
            and claim_lines.patient_control_number
            = claim_patients.patient_control_number
    where claim_patients.patient_id is null
)

select * from unknown
