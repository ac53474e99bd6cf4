with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

documents as (
    select * from {{ ref('int_document_states') }}
    where is_current and (is_visit_note or is_addendum)
),

attestations as (
    select * from {{ ref('int_document_attestations') }}
),

encounter_documents as (
    select
        documents.encounter_key,
        count(*) as document_count,
        count(*) filter (where documents.is_visit_note) as note_count,
        count(*) filter (
            where documents.is_signed and documents.is_visit_note
        ) as signed_count,
        count(*) filter (where documents.is_unsigned) as unsigned_count,
        count(*) filter (
            where documents.needs_cosignature
            and documents.is_signed
            and documents.cosigned_at is null
        ) as cosignature_missing_count,
        count(*) filter (
            where documents.needs_cosignature
            and documents.is_signed
            and documents.cosigned_at is not null
        ) as cosignature_count,
        count(*) filter (
            where documents.is_signed
            and documents.is_visit_note
            and not documents.author_may_bill_alone
            and not documents.has_qualified_signature
            and not (
                documents.needs_cosignature and documents.cosigned_at is null
            )
            and attestations.encounter_key is null
        ) as unentitled_count,
        count(*) filter (
            where documents.is_signed
            and documents.is_visit_note
            and not documents.author_may_bill_alone
            and (
                documents.has_qualified_signature
                or attestations.encounter_key is not null
            )
        ) as entitled_count,
        count(*) filter (where documents.is_unlocked) as unlocked_count,
        count(*) filter (
            where documents.needs_lock and documents.is_signed
        ) as lockable_count
    from documents
    left join attestations
        on documents.encounter_key = attestations.encounter_key
    group by 1
),

counted as (
    select
        encounters.encounter_key,
        encounters.is_documents_covered,
        coalesce(encounter_documents.document_count, 0) as document_count,
        coalesce(encounter_documents.note_count, 0) as note_count,
        coalesce(encounter_documents.signed_count, 0) as signed_count,
        coalesce(encounter_documents.unsigned_count, 0) as unsigned_count,
        coalesce(encounter_documents.cosignature_missing_count, 0)
            as cosignature_missing_count,
        coalesce(encounter_documents.cosignature_count, 0) as cosignature_count,
        coalesce(encounter_documents.unentitled_count, 0) as unentitled_count,
        coalesce(encounter_documents.entitled_count, 0) as entitled_count,
        coalesce(encounter_documents.unlocked_count, 0) as unlocked_count,
        coalesce(encounter_documents.lockable_count, 0) as lockable_count
    from encounters
    left join encounter_documents
        on encounters.encounter_key = encounter_documents.encounter_key
),

all_rules as (
    select
        encounter_key,
        'author_signature' as rule,
        case
            when unsigned_count > 0 then 'not_met'
            when signed_count > 0 then 'met'
            when note_count > 0 then 'unknown'
            when is_documents_covered then 'not_met'
            else 'unknown'
        end as result,
        case when unsigned_count > 0 then 'signature' else 'note' end
            as missing_item,
        'documents ' || cast(document_count as varchar)
        || ', signed ' || cast(signed_count as varchar)
        || ', unsigned ' || cast(unsigned_count as varchar) as evidence
    from counted
    union all
    select
        encounter_key,
        'cosignature' as rule,
        case when cosignature_missing_count > 0 then 'not_met' else 'met' end
            as result,
        'cosignature' as missing_item,
        'cosigned ' || cast(cosignature_count as varchar)
        || ', waiting ' || cast(cosignature_missing_count as varchar)
            as evidence
    from counted
    where cosignature_missing_count + cosignature_count > 0
    union all
    select
        encounter_key,
        'entitled_signature' as rule,
        case when unentitled_count > 0 then 'not_met' else 'met' end as result,
        'attestation' as missing_item,
        'attested ' || cast(entitled_count as varchar)
        || ', waiting ' || cast(unentitled_count as varchar) as evidence
    from counted
    where unentitled_count + entitled_count > 0
    union all
    select
        encounter_key,
        'note_locked' as rule,
        case when unlocked_count > 0 then 'not_met' else 'met' end as result,
        'lock' as missing_item,
        'signed ' || cast(lockable_count as varchar)
        || ', not locked ' || cast(unlocked_count as varchar) as evidence
    from counted
    where lockable_count > 0
)

select * from all_rules
