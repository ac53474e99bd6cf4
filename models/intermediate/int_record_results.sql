with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

documents as (
    select * from {{ ref('int_document_states') }}
    where encounter_key is not null and is_current
),

authors as (
    select
        encounter_key,
        author_npi
    from documents
    where is_visit_note and not is_signed
    group by 1, 2
),

visit_notes as (
    select
        encounter_key,
        count(*) as note_count
    from documents
    where is_visit_note
    group by 1
),

attested as (
    select
        authors.encounter_key,
        count(*) as attestation_count
    from authors
    inner join documents
        on
            authors.encounter_key = documents.encounter_key
            and authors.author_npi = documents.author_npi
    where
        documents.document_kind in ('attestation', 'signature_log')
        and documents.is_signed
    group by 1
),

added as (
    select
        encounter_key,
        count(*) as addendum_count,
        count(*) filter (where is_unsigned) as unsigned_count,
        count(*) filter (
            where is_signed
            and author_npi is not null
            and coalesce(author_signed_at, created_at) is not null
        ) as complete_count
    from documents
    where is_addendum
    group by 1
),

all_rules as (
    select
        encounters.encounter_key,
        'patient_and_date' as rule,
        case
            when
                encounters.patient_id is not null
                and coalesce(encounters.started_at, encounters.ended_at)
                is not null
                then 'met'
            else 'unknown'
        end as result,
        'patient or date' as missing_item,
        'notes ' || cast(visit_notes.note_count as varchar) as evidence
    from encounters
    inner join visit_notes
        on encounters.encounter_key = visit_notes.encounter_key
    union all
    select
        encounters.encounter_key,
        'signature_attested' as rule,
        'met' as result,
        'attestation' as missing_item,
        'attestations ' || cast(attested.attestation_count as varchar)
            as evidence
    from encounters
    inner join attested
        on encounters.encounter_key = attested.encounter_key
    union all
    select
        encounters.encounter_key,
        'addendum_complete' as rule,
        case
            when added.unsigned_count > 0 then 'not_met'
            when added.complete_count = added.addendum_count then 'met'
            else 'unknown'
        end as result,
        'addendum signature' as missing_item,
        'addenda ' || cast(added.addendum_count as varchar)
        || ', signed ' || cast(added.complete_count as varchar)
        || ', unsigned ' || cast(added.unsigned_count as varchar) as evidence
    from encounters
    inner join added
        on encounters.encounter_key = added.encounter_key
)

select * from all_rules
