with

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

results as (
    select * from {{ ref('int_documentation_results') }}
),

dictations as (
    select * from {{ ref('int_dictations') }}
),

dictated as (
    select
        encounter_key,
        max(typed_at) as typed_at,
        bool_or(typed_at is null) as is_outstanding
    from dictations
    group by 1
),

signature_results as (
    select
        encounter_key,
        result,
        missing_item,
        evidence
    from results
    where blocker_code = 'DOC-02'
),

facts as (
    select
        encounters.encounter_key,
        milestones.service_end_at,
        least(milestones.note_started_at, milestones.author_signed_at)
            as note_started_at,
        milestones.author_signed_at,
        greatest(
            milestones.service_end_at,
            coalesce(milestones.note_started_at, milestones.service_end_at),
            coalesce(dictated.typed_at, milestones.service_end_at)
        ) as draft_since,
        coalesce(dictated.is_outstanding, false) as is_outstanding,
        coalesce(signature_results.missing_item = 'note', false)
            as lacks_note,
        coalesce(signature_results.missing_item = 'signature', false)
            as lacks_signature,
        signature_results.evidence
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    left join signature_results
        on encounters.encounter_key = signature_results.encounter_key
    left join dictated
        on encounters.encounter_key = dictated.encounter_key
),

blockers as (
    select
        encounter_key,
        'DOC-01' as blocker_code,
        service_end_at as started_at,
        case when not lacks_note then note_started_at end as ended_at,
        evidence
    from facts
    where lacks_note or note_started_at > service_end_at
    union all
    select
        encounter_key,
        'DOC-02' as blocker_code,
        draft_since as started_at,
        author_signed_at as ended_at,
        evidence
    from facts
    where
        not is_outstanding
        and not lacks_note
        and (
            author_signed_at > draft_since
            or (author_signed_at is null and lacks_signature)
        )
)

select * from blockers
