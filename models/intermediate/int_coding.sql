with

csv_coding as (
    select * from {{ ref('stg_csv__coding_tasks') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
),

from_csv as (
    select
        csv_coding.data_source,
        csv_coding.coding_id,
        csv_coding.encounter_id,
        status_map.canonical_status as coding_status,
        csv_coding.started_at,
        csv_coding.started_at_precision,
        csv_coding.completed_at,
        csv_coding.completed_at_precision,
        csv_coding.source_file_id,
        csv_coding.source_position,
        coalesce(csv_coding.updated_at, csv_coding.loaded_at) as recorded_at,
        csv_coding.loaded_at
    from csv_coding
    left join status_maps as status_map
        on
            csv_coding.status = status_map.source_status
            and status_map.code_system = 'csv_coding_status'
),

keyed as (
    select
        {{ foreign_key(['data_source', 'encounter_id']) }} as encounter_key,
        *,
        {{ time_grade('started_at', 'A') }} as started_at_grade,
        {{ time_grade('completed_at', 'A') }} as completed_at_grade
    from from_csv
)

select * from keyed
