with

csv_queries as (
    select * from {{ ref('stg_csv__queries') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
),

keyed as (
    select
        {{ surviving_encounter_key('csv_queries') }} as encounter_key,
        csv_queries.data_source,
        csv_queries.query_id,
        csv_queries.encounter_id,
        csv_queries.opened_at,
        csv_queries.opened_at_precision,
        csv_queries.answered_at,
        csv_queries.answered_at_precision,
        csv_queries.closed_at,
        csv_queries.closed_at_precision,
        csv_queries.source_file_id,
        csv_queries.source_position,
        coalesce(csv_queries.updated_at, csv_queries.loaded_at) as recorded_at,
        csv_queries.loaded_at,
        {{ time_grade('csv_queries.opened_at', 'A') }} as opened_at_grade,
        {{ time_grade('csv_queries.answered_at', 'A') }} as answered_at_grade,
        {{ time_grade('csv_queries.closed_at', 'A') }} as closed_at_grade
    from csv_queries
    left join merged_encounters
        on
            csv_queries.data_source = merged_encounters.data_source
            and csv_queries.encounter_id = merged_encounters.encounter_id
)

select * from keyed
