with

coding as (
    select * from {{ ref('int_coding') }}
    where completed_at is not null
),

encounter_coding as (
    select * from {{ ref('int_encounter_coding') }}
    where open_task_count = 0
),

coding_times as (
    select
        coding.encounter_key,
        'csv_coding_completed' as evidence_source,
        coding.completed_at as occurred_at,
        coding.completed_at_precision as precision,
        coding.source_file_id,
        coding.source_position,
        coding.recorded_at
    from coding
    inner join encounter_coding
        on coding.encounter_key = encounter_coding.encounter_key
)

select * from coding_times
