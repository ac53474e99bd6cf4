with

encounters as (
    select * from {{ ref('int_encounters') }}
    where encounter_status = 'finished'
),

milestones as (
    select * from {{ ref('int_encounter_milestones') }}
),

status_maps as (
    select * from {{ ref('status_maps') }}
    where code_system = 'lasting_kind_of_class'
),

lengths as (
    select
        encounters.encounter_key,
        encounters.data_source,
        encounters.visit_type,
        {{ seconds_between(
            'milestones.service_start_at', 'milestones.service_end_at'
        ) }} as length_seconds
    from encounters
    inner join milestones
        on encounters.encounter_key = milestones.encounter_key
    left join status_maps as lasting
        on encounters.encounter_class = lasting.source_status
    where coalesce(lasting.canonical_status <> 'series', true)
),

known as (
    select * from lengths
    where length_seconds >= 0
)

select * from known
