with

csv_queries as (
    select * from {{ ref('stg_csv__queries') }}
),

keyed as (
    select
        {{ foreign_key(['data_source', 'encounter_id']) }} as encounter_key,
        data_source,
        query_id,
        encounter_id,
        opened_at,
        opened_at_precision,
        answered_at,
        answered_at_precision,
        closed_at,
        closed_at_precision,
        source_file_id,
        source_position,
        coalesce(updated_at, loaded_at) as recorded_at,
        loaded_at,
        {{ time_grade('opened_at', 'A') }} as opened_at_grade,
        {{ time_grade('answered_at', 'A') }} as answered_at_grade,
        {{ time_grade('closed_at', 'A') }} as closed_at_grade
    from csv_queries
)

select * from keyed
