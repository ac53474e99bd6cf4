with

scopes as (
    select * from {{ ref('int_requirement_scopes') }}
    where rule = 'note_per_day'
),

encounters as (
    select * from {{ ref('int_documented_encounters') }}
),

documents as (
    select * from {{ ref('int_document_states') }}
    where
        is_current
        and is_visit_note
        and encounter_key is not null
        and created_at is not null
),

encounter_codes as (
    select * from {{ ref('int_encounter_codes') }}
    where code_type = 'procedure'
),

requirement_codes as (
    select * from {{ ref('requirement_codes') }}
    where code_type = 'procedure'
),

facilities as (
    select * from {{ ref('int_facilities') }}
),

note_days as (
    select
        documents.encounter_key,
        {{ local_day('documents.created_at', 'facilities.time_zone') }}
            as note_date,
        count(*) as note_count
    from documents
    inner join encounters
        on documents.encounter_key = encounters.encounter_key
    left join facilities
        on
            encounters.data_source = facilities.data_source
            and encounters.facility_id = facilities.facility_id
    group by 1, 2
),

day_counts as (
    select
        scopes.encounter_key,
        scopes.requirement_id,
        count(distinct encounter_codes.service_date) as day_count,
        count(distinct note_days.note_date) as noted_count,
        bool_or(encounter_codes.service_date is null) as has_unknown_day
    from scopes
    inner join requirement_codes
        on scopes.requirement_id = requirement_codes.requirement_id
    inner join encounter_codes
        on
            scopes.encounter_key = encounter_codes.encounter_key
            and requirement_codes.code_from <= encounter_codes.code
            and requirement_codes.code_to >= encounter_codes.code
    left join note_days
        on
            encounter_codes.encounter_key = note_days.encounter_key
            and encounter_codes.service_date = note_days.note_date
    group by 1, 2
),

judged as (
    select
        day_counts.encounter_key,
        day_counts.requirement_id,
        case
            when
                day_counts.noted_count < day_counts.day_count
                and encounters.is_documents_covered
                then 'not_met'
            when
                day_counts.noted_count < day_counts.day_count
                or day_counts.has_unknown_day
                then 'unknown'
            else 'met'
        end as result,
        'note for each day' as missing_item,
        'days ' || cast(day_counts.day_count as varchar)
        || ', with a note ' || cast(day_counts.noted_count as varchar)
            as evidence
    from day_counts
    inner join encounters
        on day_counts.encounter_key = encounters.encounter_key
)

select * from judged
