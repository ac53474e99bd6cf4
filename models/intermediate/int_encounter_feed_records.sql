with

documents as (
    select * from {{ ref('int_documents') }}
    where
        document_status is distinct from 'entered-in-error'
        and encounter_key is not null
),

encounter_charges as (
    select * from {{ ref('int_encounter_charges') }}
),

encounter_claims as (
    select * from {{ ref('int_encounter_claims') }}
),

claims as (
    select * from {{ ref('int_claims_resolved') }}
),

claimed as (
    select
        encounter_claims.encounter_key,
        min(coalesce(claims.created_at, claims.submitted_at)) as created_at,
        min(claims.submitted_at) as submitted_at
    from encounter_claims
    inner join claims
        on encounter_claims.claim_key = claims.claim_key
    group by 1
),

first_records as (
    select
        encounter_key,
        'documents' as feed,
        min(created_at) as first_record_at
    from documents
    group by 1
    union all
    select
        encounter_key,
        'charges' as feed,
        charge_first_at as first_record_at
    from encounter_charges
    union all
    select
        encounter_key,
        'claims' as feed,
        created_at as first_record_at
    from claimed
    union all
    select
        encounter_key,
        'submissions' as feed,
        submitted_at as first_record_at
    from claimed
    where submitted_at is not null
)

select * from first_records
