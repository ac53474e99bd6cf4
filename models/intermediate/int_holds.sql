with

csv_holds as (
    select * from {{ ref('stg_csv__holds') }}
),

keyed as (
    select
        {{ foreign_key(['data_source', 'encounter_id']) }} as encounter_key,
        data_source,
        hold_id,
        encounter_id,
        hold_type,
        reason,
        started_at,
        started_at_precision,
        ended_at,
        ended_at_precision,
        source_file_id,
        source_position,
        loaded_at as recorded_at,
        loaded_at,
        {{ time_grade('started_at', 'A') }} as started_at_grade,
        {{ time_grade('ended_at', 'A') }} as ended_at_grade
    from csv_holds
)

select * from keyed
