with

csv_coding as (
    select * from {{ ref('stg_csv__coding_tasks') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
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
        {{ surviving_encounter_key('from_csv') }} as encounter_key,
        from_csv.*,
        {{ time_grade('from_csv.started_at', 'A') }} as started_at_grade,
        {{ time_grade('from_csv.completed_at', 'A') }} as completed_at_grade
    from from_csv
    left join merged_encounters
        on
            from_csv.data_source = merged_encounters.data_source
            and from_csv.encounter_id = merged_encounters.encounter_id
)

select * from keyed
