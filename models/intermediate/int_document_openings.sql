with

documents as (
    select * from {{ ref('int_documents_classified') }}
    where document_status is distinct from 'entered-in-error'
),

reopenings as (
    select * from {{ ref('int_document_reopenings') }}
),

signatures as (
    select * from {{ ref('int_document_signatures') }}
    where not is_by_another and is_impossible is not true
),

final_sightings as (
    select * from {{ ref('int_document_final_sightings') }}
),

all_openings as (
    select
        data_source,
        document_id,
        'note' as cause,
        created_at as opened_at,
        cast(null as timestamp) as opened_after,
        1 as opening_order
    from documents
    union all
    select
        data_source,
        document_id,
        cause,
        reopened_at as opened_at,
        lower_at as opened_after,
        2 as opening_order
    from reopenings
),

spans as (
    select
        *,
        row_number() over openings as opening_number,
        case
            when lead(opening_order) over openings = 2
                then lead(opened_at) over openings
        end as next_opened_at
    from all_openings
    window openings as (
        partition by data_source, document_id
        order by opening_order asc, opened_at asc
    )
),

signed_spans as (
    select
        spans.data_source,
        spans.document_id,
        spans.opening_number,
        min(signatures.signed_at) filter (
            where signatures.signer_role = 'author'
        ) as author_signed_at,
        max(signatures.signed_at) filter (
            where signatures.signer_role = 'cosigner'
        ) as cosigned_at,
        {{ value_at_last('signed_at_precision', 'signed_at') }}
            as signed_precision
    from spans
    inner join signatures
        on
            spans.data_source = signatures.data_source
            and spans.document_id = signatures.document_id
            and (
                spans.opening_number = 1
                or spans.opened_at <= signatures.signed_at
            )
            and (
                spans.next_opened_at is null
                or spans.next_opened_at > signatures.signed_at
            )
    group by 1, 2, 3
),

final_spans as (
    select
        spans.data_source,
        spans.document_id,
        spans.opening_number,
        min(final_sightings.seen_at) as seen_final_at,
        min(final_sightings.seen_after) as seen_final_after
    from spans
    inner join final_sightings
        on
            spans.data_source = final_sightings.data_source
            and spans.document_id = final_sightings.document_id
            and (
                spans.opening_number = 1
                or spans.opened_at <= final_sightings.seen_at
            )
            and (
                spans.next_opened_at is null
                or spans.next_opened_at > final_sightings.seen_at
            )
    group by 1, 2, 3
),

openings as (
    select
        documents.encounter_key,
        spans.data_source,
        spans.document_id,
        spans.opening_number,
        spans.cause,
        spans.opened_at,
        spans.opened_after,
        spans.next_opened_at,
        case
            when spans.cause = 'amendment' then spans.opened_at
            else coalesce(
                signed_spans.author_signed_at, final_spans.seen_final_at
            )
        end as author_signed_at,
        case
            when spans.cause = 'amendment' then spans.opened_after
            when signed_spans.author_signed_at is not null
                then signed_spans.author_signed_at
            else final_spans.seen_final_after
        end as author_signed_after,
        signed_spans.cosigned_at,
        coalesce(signed_spans.signed_precision, 'instant') as signed_precision,
        signed_spans.author_signed_at is null as is_seen_by_status
    from spans
    inner join documents
        on
            spans.data_source = documents.data_source
            and spans.document_id = documents.document_id
    left join signed_spans
        on
            spans.data_source = signed_spans.data_source
            and spans.document_id = signed_spans.document_id
            and spans.opening_number = signed_spans.opening_number
    left join final_spans
        on
            spans.data_source = final_spans.data_source
            and spans.document_id = final_spans.document_id
            and spans.opening_number = final_spans.opening_number
)

select * from openings
