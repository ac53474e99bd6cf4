with

encounters as (
    select * from {{ ref('int_encounters') }}
),

restricted_encounters as (
    select * from {{ ref('int_restricted_encounters') }}
),

note_types as (
    select * from {{ ref('int_encounter_note_types') }}
),

shown as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.encounter_id,
        case
            when restricted_encounters.encounter_key is null
                then encounters.patient_key
        end as patient_key,
        encounters.provider_key,
        encounters.facility_key,
        encounters.payer_key,
        encounters.visit_type,
        encounters.encounter_class,
        encounters.encounter_status,
        note_types.note_type,
        encounters.merged_into_encounter_key,
        restricted_encounters.encounter_key is not null as is_restricted
    from encounters
    left join restricted_encounters
        on encounters.encounter_key = restricted_encounters.encounter_key
    left join note_types
        on encounters.encounter_key = note_types.encounter_key
)

select * from shown
