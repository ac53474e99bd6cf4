with

documents as (
    select * from {{ ref('int_documents_classified') }}
),

spans as (
    select * from {{ ref('int_document_spans') }}
),

signatures as (
    select * from {{ ref('int_document_signatures') }}
    where is_impossible is not true
),

provider_roles as (
    select * from {{ ref('int_provider_roles') }}
),

last_spans as (
    select
        data_source,
        document_id,
        max(opening_number) as opening_count
    from spans
    group by 1, 2
),

attestations as (
    select
        signatures.data_source,
        signatures.document_id,
        count(*) filter (
            where
            signatures.signer_role = 'cosigner'
            and coalesce(provider_roles.may_attest, true)
        ) as qualified_count,
        count(*) filter (where signatures.is_administrative)
            as administrative_count,
        max(signatures.signed_at) filter (
            where
            signatures.signer_role = 'author'
            and not signatures.is_by_another
        ) as last_signed_at
    from signatures
    left join provider_roles
        on
            signatures.data_source = provider_roles.data_source
            and signatures.signer_npi = provider_roles.provider_npi
    group by 1, 2
),

joined as (
    select
        documents.*,
        spans.opening_number,
        spans.cause,
        spans.opened_at,
        spans.author_signed_at,
        spans.cosigned_at,
        case
            when spans.closed_at is not null
                then greatest(spans.closed_at, attestations.last_signed_at)
        end as completed_at,
        case
            when spans.closed_after is not null
                then greatest(spans.closed_after, attestations.last_signed_at)
        end as completed_after,
        spans.signed_precision as completed_precision,
        spans.is_seen_by_status,
        coalesce(attestations.qualified_count, 0) > 0
            as has_qualified_signature,
        coalesce(attestations.administrative_count, 0) > 0
            as is_closed_administratively,
        coalesce(
            documents.document_status in ('final', 'amended')
            or spans.author_signed_at is not null
            or (documents.signed_at is not null and spans.opening_number = 1),
            false
        ) as is_signed
    from documents
    left join last_spans
        on
            documents.data_source = last_spans.data_source
            and documents.document_id = last_spans.document_id
    left join spans
        on
            last_spans.data_source = spans.data_source
            and last_spans.document_id = spans.document_id
            and last_spans.opening_count = spans.opening_number
    left join attestations
        on
            documents.data_source = attestations.data_source
            and documents.document_id = attestations.document_id
),

states as (
    select
        *,
        not is_signed and coalesce(document_status = 'preliminary', false)
            as is_unsigned,
        is_signed
        and needs_lock
        and coalesce(document_status = 'preliminary', false) as is_unlocked
    from joined
)

select * from states
