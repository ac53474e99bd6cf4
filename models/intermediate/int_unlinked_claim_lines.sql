with

claim_lines as (
    select * from {{ ref('stg_x12__claim_lines') }}
),

claim_headers as (
    select * from {{ ref('stg_x12__claims') }}
),

claim_parties as (
    select * from {{ ref('stg_x12__claim_parties') }}
),

claims as (
    select * from {{ ref('int_claims') }}
    where record_type = 'x12'
),

claim_encounters as (
    select * from {{ ref('int_claim_encounters') }}
),

linked_numbers as (
    select
        data_source,
        patient_control_number,
        count(*) as encounter_count
    from claim_encounters
    group by 1, 2
),

unlinked_claims as (
    select
        claims.data_source,
        claims.claim_id as claim_record_id,
        claims.patient_control_number
    from claims
    left join linked_numbers
        on
            claims.data_source = linked_numbers.data_source
            and claims.patient_control_number
            = linked_numbers.patient_control_number
    where linked_numbers.encounter_count is null
),

unlinked as (
    select
        unlinked_claims.data_source,
        claim_lines.claim_line_id,
        unlinked_claims.claim_record_id,
        unlinked_claims.patient_control_number,
        claim_headers.medical_record_number,
        claim_parties.subscriber_id,
        claim_parties.is_dependent,
        coalesce(claim_lines.provider_npi, claim_parties.provider_npi)
            as provider_npi,
        claim_lines.code,
        coalesce(claim_lines.service_at, claim_headers.service_at)
            as service_at,
        case
            when claim_lines.service_at is null
                then claim_headers.last_service_at
            else claim_lines.last_service_at
        end as last_service_at,
        claim_headers.source_file_id,
        claim_headers.source_position
    from unlinked_claims
    inner join claim_headers
        on
            unlinked_claims.data_source = claim_headers.data_source
            and unlinked_claims.claim_record_id = claim_headers.claim_record_id
    inner join claim_parties
        on
            unlinked_claims.data_source = claim_parties.data_source
            and unlinked_claims.claim_record_id = claim_parties.claim_record_id
    inner join claim_lines
        on
            unlinked_claims.data_source = claim_lines.data_source
            and unlinked_claims.claim_record_id = claim_lines.claim_record_id
)

select * from unlinked
