with

scopes as (
    select * from {{ ref('int_requirement_scopes') }}
    where rule in ('teaching_physician', 'shared_visit')
),

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

signatures as (
    select * from {{ ref('int_document_signatures') }}
),

attestations as (
    select * from {{ ref('int_document_attestations') }}
),

signers as (
    select
        signatures.encounter_key,
        count(distinct signatures.signer_npi) as signer_count,
        count(*) filter (where signatures.signer_npi is null)
            as unnamed_count,
        count(*) filter (where signatures.signer_role = 'cosigner')
            as cosignature_count,
        count(*) filter (
            where signatures.signer_npi = encounters.provider_npi
        ) as billing_signature_count
    from signatures
    inner join encounters
        on signatures.encounter_key = encounters.encounter_key
    group by 1
),

facts as (
    select
        scopes.encounter_key,
        scopes.requirement_id,
        scopes.rule,
        encounters.is_documents_covered,
        coalesce(attestations.attestation_count, 0) as attestation_count,
        coalesce(signers.cosignature_count, 0) as cosignature_count,
        coalesce(signers.signer_count, 0) as signer_count,
        coalesce(signers.unnamed_count, 0) as unnamed_count,
        coalesce(signers.billing_signature_count, 0) as billing_count
    from scopes
    inner join encounters
        on scopes.encounter_key = encounters.encounter_key
    left join signers
        on scopes.encounter_key = signers.encounter_key
    left join attestations
        on scopes.encounter_key = attestations.encounter_key
),

judged as (
    select
        encounter_key,
        requirement_id,
        case
            when rule = 'teaching_physician' and attestation_count > 0
                then 'met'
            when rule = 'teaching_physician' and cosignature_count > 0
                then 'unknown'
            when
                rule = 'shared_visit'
                and signer_count >= 2
                and billing_count > 0
                then 'met'
            when rule = 'shared_visit' and unnamed_count > 0 then 'unknown'
            when is_documents_covered then 'not_met'
            else 'unknown'
        end as result,
        case rule
            when 'teaching_physician' then 'attestation'
            else 'signature of both'
        end as missing_item,
        'signers ' || cast(signer_count as varchar)
        || ', second signatures ' || cast(cosignature_count as varchar)
        || ', attestations ' || cast(attestation_count as varchar)
            as evidence
    from facts
)

select * from judged
