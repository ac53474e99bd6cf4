with

encounters as (
    select * from {{ ref('int_encounters') }}
    where encounter_status = 'finished'
),

documentation as (
    select * from {{ ref('int_encounter_documentation') }}
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

visits as (
    select
        encounters.encounter_key,
        milestones.service_end_at,
        milestones.note_started_at,
        milestones.author_signed_at,
        milestones.cosigned_at,
        documentation.missing_item
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    inner join documentation
        on encounters.encounter_key = documentation.encounter_key
),

intervals as (
    select
        encounter_key,
        'DOC-01' as blocker_code,
        service_end_at as started_at,
        least(note_started_at, author_signed_at) as ended_at,
        coalesce(missing_item = 'note', false) as is_open
    from visits
    union all
    select
        encounter_key,
        'DOC-02' as blocker_code,
        greatest(service_end_at, note_started_at) as started_at,
        author_signed_at as ended_at,
        coalesce(missing_item = 'signature', false) as is_open
    from visits
    union all
    select
        encounter_key,
        'DOC-05' as blocker_code,
        greatest(service_end_at, author_signed_at) as started_at,
        cosigned_at as ended_at,
        coalesce(missing_item = 'cosignature', false) as is_open
    from visits
),

blockers as (
    select
        encounter_key,
        blocker_code,
        started_at,
        case when not is_open then ended_at end as ended_at,
        case when is_open then 'open' else 'cleared' end as evidence
    from intervals
    where is_open or ended_at > started_at
)

select * from blockers
