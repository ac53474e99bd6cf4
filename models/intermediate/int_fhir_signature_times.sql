with

fhir_signatures as (
    select * from {{ ref('int_fhir_signatures') }}
),

ranked as (
    select
        *,
        case evidence_source
            when 'fhir_signature_author' then 1
            when 'fhir_composition_attester' then 2
        end as author_rank
    from fhir_signatures
    where document_id is not null
),

best_ranks as (
    select
        *,
        author_rank = min(author_rank)
            over (partition by data_source, document_id)
            as is_best_author
    from ranked
),

grouped as (
    select
        data_source,
        document_id,
        min(signed_at) filter (where is_best_author) as signed_at,
        {{ value_at_first(
            'signed_at_precision', 'signed_at', 'is_best_author'
        ) }} as signed_at_precision,
        coalesce(
            min(evidence_source) filter (where is_best_author),
            'fhir_signature_author'
        ) as signed_at_evidence,
        max(signed_at) filter (where signer_role = 'cosigner') as cosigned_at,
        {{ value_at_last(
            'signed_at_precision', 'signed_at', "signer_role = 'cosigner'"
        ) }} as cosigned_at_precision
    from best_ranks
    group by 1, 2
)

select * from grouped
