with

csv_holds as (
    select * from {{ ref('stg_csv__holds') }}
),

merged_encounters as (
    select * from {{ ref('int_merged_encounters') }}
),

keyed as (
    select
        {{ surviving_encounter_key('csv_holds') }} as encounter_key,
        csv_holds.data_source,
        csv_holds.hold_id,
        csv_holds.encounter_id,
        csv_holds.hold_type,
        csv_holds.reason,
        csv_holds.started_at,
        csv_holds.started_at_precision,
        csv_holds.ended_at,
        csv_holds.ended_at_precision,
        csv_holds.source_file_id,
        csv_holds.source_position,
        csv_holds.loaded_at as recorded_at,
        csv_holds.loaded_at,
        {{ time_grade('csv_holds.started_at', 'A') }} as started_at_grade,
        {{ time_grade('csv_holds.ended_at', 'A') }} as ended_at_grade
    from csv_holds
    left join merged_encounters
        on
            csv_holds.data_source = merged_encounters.data_source
            and csv_holds.encounter_id = merged_encounters.encounter_id
)

select * from keyed
