with

documents as (
    select * from {{ ref('int_document_states') }}
    where is_current and is_signed and document_kind = 'attestation'
),

attestations as (
    select
        encounter_key,
        count(*) as attestation_count,
        min(author_signed_at) as attested_at
    from documents
    where coalesce(author_may_bill_alone, true) and encounter_key is not null
    group by 1
)

select * from attestations
