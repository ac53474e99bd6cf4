with

openings as (
    select * from {{ ref('int_document_openings') }}
),

documents as (
    select * from {{ ref('int_documents_classified') }}
),

first_signatures as (
    select
        data_source,
        document_id,
        min(author_signed_at) as first_signed_at
    from openings
    group by 1, 2
),

successions as (
    select
        documents.data_source,
        documents.document_id,
        documents.replaces_document_id,
        documents.created_at,
        first_signatures.first_signed_at as replaced_signed_at
    from documents
    left join first_signatures
        on
            documents.data_source = first_signatures.data_source
            and documents.replaces_document_id = first_signatures.document_id
    where documents.replaces_document_id is not null
),

replaced as (
    select
        data_source,
        replaces_document_id as document_id,
        min(created_at) as replaced_at
    from successions
    group by 1, 2
),

joined as (
    select
        openings.*,
        documents.is_current,
        documents.is_visit_note,
        documents.is_addendum,
        documents.needs_cosignature,
        documents.author_may_bill_alone,
        case
            when openings.opening_number > 1 then openings.cause
            when documents.is_addendum then 'addendum'
            when successions.replaced_signed_at <= openings.opened_at
                then 'replacement'
            else openings.cause
        end as span_cause,
        replaced.replaced_at,
        documents.needs_cosignature
        or (
            documents.is_visit_note
            and not coalesce(documents.author_may_bill_alone, true)
        ) as needs_second_signature
    from openings
    inner join documents
        on
            openings.data_source = documents.data_source
            and openings.document_id = documents.document_id
    left join successions
        on
            openings.data_source = successions.data_source
            and openings.document_id = successions.document_id
    left join replaced
        on
            openings.data_source = replaced.data_source
            and openings.document_id = replaced.document_id
),

closed as (
    select
        *,
        case
            when needs_second_signature and cause <> 'amendment'
                then case
                    when
                        cosigned_at is not null
                        and author_signed_at is not null
                        then greatest(author_signed_at, cosigned_at)
                end
            else author_signed_at
        end as closed_at,
        case
            when needs_second_signature and cause <> 'amendment'
                then case
                    when
                        cosigned_at is not null
                        and author_signed_after is not null
                        then greatest(author_signed_after, cosigned_at)
                end
            else author_signed_after
        end as closed_after
    from joined
),

spans as (
    select
        encounter_key,
        data_source,
        document_id,
        opening_number,
        span_cause as cause,
        is_visit_note,
        is_addendum,
        is_current,
        needs_cosignature,
        author_may_bill_alone,
        opened_at,
        opened_after,
        author_signed_at,
        cosigned_at,
        closed_at,
        closed_after,
        signed_precision,
        is_seen_by_status,
        coalesce(
            closed_at,
            next_opened_at,
            replaced_at,
            case when not is_current then opened_at end
        ) as ended_at
    from closed
)

select * from spans
