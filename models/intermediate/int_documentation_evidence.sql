with

documentation as (
    select * from {{ ref('int_encounter_documentation') }}
    where is_complete_by_status and documentation_complete_at is not null
),

evidence as (
    select
        encounter_key,
        case
            when documentation_complete_after is null
                then 'documents_complete_at_first_sight'
            else 'documents_complete_seen'
        end as evidence_source,
        documentation_complete_at as occurred_at,
        'instant' as precision,
        cast(null as varchar) as source_file_id,
        cast(null as bigint) as source_position,
        documentation_complete_at as recorded_at,
        documentation_complete_after as lower_at,
        documentation_complete_at as upper_at
    from documentation
)

select * from evidence
