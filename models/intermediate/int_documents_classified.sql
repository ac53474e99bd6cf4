with

documents as (
    select * from {{ ref('int_documents') }}
),

addenda as (
    select * from {{ ref('int_document_addenda') }}
),

encounters as (
    select * from {{ ref('int_encounters') }}
),

document_types as (
    select * from {{ ref('document_types') }}
),

note_kinds as (
    select * from {{ ref('visit_note_kinds') }}
),

provider_roles as (
    select * from {{ ref('int_provider_roles') }}
),

document_locks as (
    select * from {{ ref('document_locks') }}
),

sentinel_dates as (
    select * from {{ ref('sentinel_dates') }}
),

classified as (
    select
        documents.encounter_key,
        documents.data_source,
        documents.document_id,
        documents.document_status,
        documents.document_type,
        document_types.document_kind,
        documents.author_npi,
        documents.created_at,
        case
            when sentinel_dates.first_date is null then documents.signed_at
        end as signed_at,
        documents.is_current,
        case
            when addenda.document_id is null
                then documents.replaces_document_id
        end as replaces_document_id,
        addenda.document_id is not null as is_addendum,
        addenda.amends_document_id,
        addenda.document_id is null
        and (
            document_types.document_kind is null
            or note_kinds.document_kind is not null
        ) as is_visit_note,
        coalesce(documents.cosign_required, false) as needs_cosignature,
        provider_roles.may_bill_alone as author_may_bill_alone,
        coalesce(document_locks.needs_lock, false) as needs_lock,
        documents.recorded_at
    from documents
    left join encounters
        on documents.encounter_key = encounters.encounter_key
    left join addenda
        on
            documents.data_source = addenda.data_source
            and documents.document_id = addenda.document_id
    left join document_types
        on lower(documents.document_type) = lower(document_types.document_type)
    left join note_kinds
        on
            encounters.visit_type = note_kinds.visit_type
            and document_types.document_kind = note_kinds.document_kind
    left join provider_roles
        on
            documents.data_source = provider_roles.data_source
            and documents.author_npi = provider_roles.provider_npi
    left join document_locks
        on documents.data_source = document_locks.data_source
    left join sentinel_dates
        on
            cast(documents.signed_at as date)
            between sentinel_dates.first_date and sentinel_dates.last_date
)

select * from classified
