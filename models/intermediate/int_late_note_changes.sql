with

reopenings as (
    select * from {{ ref('int_documentation_reopenings') }}
),

notes as (
    select * from {{ ref('int_documents_classified') }}
    where is_visit_note and is_current
),

signatures as (
    select * from {{ ref('int_document_signatures') }}
    where
        signer_role = 'author'
        and not is_by_another
        and is_impossible is not true
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
    where claim_submitted_at is not null
),

numbered as (
    select
        notes.encounter_key,
        signatures.signed_at,
        min(signatures.signed_at) over (
            partition by notes.data_source, notes.document_id
        ) as first_signed_at
    from notes
    inner join signatures
        on
            notes.data_source = signatures.data_source
            and notes.document_id = signatures.document_id
),

changes as (
    select
        encounter_key,
        reopened_at as changed_at
    from reopenings
    union all
    select
        encounter_key,
        signed_at as changed_at
    from numbered
    where signed_at > first_signed_at
),

late_changes as (
    select
        milestones.encounter_key,
        min(changes.changed_at) as first_changed_at,
        count(*) as change_count
    from milestones
    inner join changes
        on milestones.encounter_key = changes.encounter_key
    where changes.changed_at > milestones.claim_submitted_at
    group by 1
)

select * from late_changes
