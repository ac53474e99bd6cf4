with

notes as (
    select * from {{ ref('int_document_states') }}
    where is_current and is_visit_note and encounter_key is not null
),

agreed as (
    select
        encounter_key,
        case
            when min(document_type) = max(document_type) then min(document_type)
        end as note_type
    from notes
    group by 1
)

select * from agreed
