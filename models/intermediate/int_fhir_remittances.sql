with

explanations as (
    select * from {{ ref('stg_fhir__explanations_of_benefit') }}
    where claim_use = 'claim' and status = 'active'
),

claim_responses as (
    select * from {{ ref('stg_fhir__claim_responses') }}
    where claim_use = 'claim' and status = 'active'
),

fhir_claims as (
    select * from {{ ref('stg_fhir__claims') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

explained_claims as (
    select
        data_source,
        claim_id
    from explanations
    where claim_id is not null
    group by 1, 2
),

fhir_answers as (
    select
        data_source,
        explanation_id as remittance_id,
        claim_id,
        outcome,
        paid_amount,
        created_at,
        created_at_precision,
        paid_at,
        paid_at_precision,
        updated_at,
        source_file_id,
        source_position,
        loaded_at
    from explanations
    union all
    select
        claim_responses.data_source,
        'ClaimResponse/' || claim_responses.claim_response_id as remittance_id,
        claim_responses.claim_id,
        claim_responses.outcome,
        claim_responses.paid_amount,
        claim_responses.created_at,
        claim_responses.created_at_precision,
        claim_responses.paid_at,
        claim_responses.paid_at_precision,
        claim_responses.updated_at,
        claim_responses.source_file_id,
        claim_responses.source_position,
        claim_responses.loaded_at
    from claim_responses
    left join explained_claims
        on
            claim_responses.data_source = explained_claims.data_source
            and claim_responses.claim_id = explained_claims.claim_id
    where explained_claims.claim_id is null
),

canonical as (
    select
        fhir_answers.data_source,
        fhir_answers.remittance_id,
        coalesce(fhir_claims.patient_control_number, fhir_answers.claim_id)
            as patient_control_number,
        cast(null as varchar) as frequency_code,
        cast(null as varchar) as payer_claim_number,
        cast(null as varchar) as claim_status_code,
        status_map.canonical_status as remittance_status,
        cast(null as decimal(18, 2)) as charge_amount,
        fhir_answers.paid_amount,
        cast(null as decimal(18, 2)) as patient_amount,
        case
            when status_map.canonical_status is not null
                then fhir_answers.created_at
        end as adjudicated_at,
        fhir_answers.created_at_precision as adjudicated_at_precision,
        'fhir_eob_created' as adjudicated_at_evidence,
        fhir_answers.paid_at,
        fhir_answers.paid_at_precision,
        'fhir_eob_payment' as paid_at_evidence,
        fhir_answers.source_file_id,
        fhir_answers.source_position,
        coalesce(fhir_answers.updated_at, fhir_answers.loaded_at)
            as recorded_at,
        fhir_answers.loaded_at
    from fhir_answers
    left join fhir_claims
        on
            fhir_answers.data_source = fhir_claims.data_source
            and fhir_answers.claim_id = fhir_claims.claim_id
    left join status_maps as status_map
        on
            fhir_answers.outcome = status_map.source_status
            and status_map.code_system = 'fhir_eob_outcome'
)

select * from canonical
